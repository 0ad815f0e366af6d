//! Horizontal bars with a name and a figure each.

use maud::Markup;
use plotters::{
    element::{PathElement, Rectangle},
    style::{
        Color,
        text_anchor::{HPos, VPos},
    },
};

use super::{
    canvas::{Area, DrawError, Picture, SMALL, px, px_f, range, stroke, style, write},
    palette::{AXIS, BLUE, INK, MUTED, ORANGE},
};
use crate::train::report::{ReportError, text::fitting};

/// Height of a bar's line.
const LINE: i32 = 24;
/// Room above the first bar.
const TOP: i32 = 24;

/// A named value.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::train::report) struct Bar {
    /// What it is.
    pub(in crate::train::report) name: String,
    /// Its value.
    pub(in crate::train::report) value: f64,
    /// Half the length of the whisker around its end.
    pub(in crate::train::report) spread: Option<f64>,
    /// What is written behind it.
    pub(in crate::train::report) note: String,
}

/// Where the columns of the picture lie, in its units.
struct Columns {
    names: f64,
    bars: f64,
    end: f64,
    low: f64,
    span: f64,
}

impl Columns {
    fn x(&self, value: f64) -> f64 {
        let share = ((value - self.low) / self.span).clamp(0.0, 1.0);
        self.bars + share * (self.end - self.bars)
    }
}

/// One line for each bar, from the top; the height of the picture is made to
/// fit. Bars start at zero; to the right they are orange when `diverging`,
/// to the left blue. `heading` stands above the notes.
pub(in crate::train::report) fn bars(
    picture: &Picture<'_>,
    bars: &[Bar],
    heading: &str,
    diverging: bool,
) -> Result<Markup, ReportError> {
    let lines = i32::try_from(bars.len()).unwrap_or(1).max(1);
    let picture = Picture {
        height: TOP + LINE * lines + 6,
        ..*picture
    };
    let ends = bars.iter().flat_map(|bar| {
        let spread = bar
            .spread
            .filter(|spread| spread.is_finite())
            .unwrap_or(0.0);
        [bar.value - spread, bar.value + spread, 0.0]
    });
    // Effects too small to matter shall look small.
    let ends = ends.chain(diverging.then_some([-0.1, 0.1]).into_iter().flatten());
    let ends = range(ends);
    let width = f64::from(picture.width);
    let columns = Columns {
        names: width * 0.41,
        bars: width * 0.42,
        end: width * 0.70,
        low: ends.start,
        span: ends.end - ends.start,
    };
    picture.draw(|area| {
        let head = style(SMALL, MUTED, HPos::Right, VPos::Top);
        write(area, heading, (width - 2.0, 4.0), &head)?;
        for (line, bar) in bars.iter().enumerate() {
            let middle = f64::from(TOP) + f64::from(LINE) * (line as f64 + 0.5);
            draw_bar(area, &columns, bar, middle, diverging)?;
            let note = style(SMALL, INK, HPos::Right, VPos::Center);
            write(area, &bar.note, (width - 2.0, middle), &note)?;
        }
        let zero = px_f(columns.x(0.0));
        let line = vec![(zero, px(TOP)), (zero, px(picture.height - 4))];
        area.draw(&PathElement::new(line, AXIS.stroke_width(stroke(1))))
    })
}

fn draw_bar(
    area: &Area<'_>,
    columns: &Columns,
    bar: &Bar,
    middle: f64,
    diverging: bool,
) -> Result<(), DrawError> {
    let name = style(SMALL, INK, HPos::Left, VPos::Center);
    write(
        area,
        &fitting(&bar.name, columns.names - 4.0),
        (2.0, middle),
        &name,
    )?;
    if !bar.value.is_finite() {
        return Ok(());
    }
    let color = if diverging && bar.value > 0.0 {
        ORANGE
    } else {
        BLUE
    };
    let (zero, end) = (columns.x(0.0), columns.x(bar.value));
    let corners = [
        (px_f(zero.min(end)), px_f(middle - 7.5)),
        (px_f(zero.max(end)), px_f(middle + 7.5)),
    ];
    area.draw(&Rectangle::new(corners, color.filled()))?;
    let Some(spread) = bar.spread.filter(|spread| spread.is_finite()) else {
        return Ok(());
    };
    let y = px_f(middle);
    let (from, to) = (columns.x(bar.value - spread), columns.x(bar.value + spread));
    let whisker = vec![(px_f(from), y), (px_f(to), y)];
    area.draw(&PathElement::new(whisker, INK.stroke_width(stroke(1))))
}
