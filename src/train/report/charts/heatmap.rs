//! Figures by two features, as a map of colours.

use maud::Markup;
use plotters::{
    element::Rectangle,
    style::{
        Color, FontTransform,
        text_anchor::{HPos, VPos},
    },
};

use super::{
    canvas::{Area, DrawError, Picture, SMALL, px_f, style, write},
    palette::{INK, MUTED, diverging, on_diverging},
};
use crate::train::report::{
    ReportError,
    data::PairAxis,
    text::{compact, fitting, rounded, short, signed},
};

/// At most so many cells are drawn in each direction.
pub(in crate::train::report) const MOST_CELLS: usize = 16;
/// Where the map begins and the legend ends, in the units of the picture.
const MAP_LEFT: f64 = 112.0;
const MAP_LEFT_OF_NUMBERS: f64 = 48.0;
const MAP_TOP: f64 = 30.0;
const LEGEND: f64 = 68.0;
/// The width of a number below the map, with the gap to the next.
const LABEL: f64 = 44.0;
/// Room for the labels below the map, level or upright, and for what lies along.
const LEVEL: f64 = 48.0;
const UPRIGHT: f64 = 124.0;

/// A map to be drawn. Cells without a number stay empty.
#[derive(Debug, Clone, Copy)]
pub(in crate::train::report) struct HeatMap<'a> {
    /// How columns are cut, and what they are.
    pub(in crate::train::report) across: &'a PairAxis,
    pub(in crate::train::report) across_name: &'a str,
    /// How rows are cut from below, and what they are.
    pub(in crate::train::report) up: &'a PairAxis,
    pub(in crate::train::report) up_name: &'a str,
    /// By row from below, then by column.
    pub(in crate::train::report) values: &'a [Vec<f64>],
    /// What colours mean.
    pub(in crate::train::report) scale: Scale,
}

/// What the colours of a map mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::train::report) enum Scale {
    /// From blue below zero to orange above it.
    Diverging,
    /// From white at zero to blue at this number, or at the largest of the map.
    Rising(Option<f64>),
    /// Whole numbers, from white at zero to blue at the largest.
    Counts,
}

struct Map {
    /// Where it begins.
    left: f64,
    scale: Scale,
    /// Of one cell.
    width: f64,
    height: f64,
    across: usize,
    up: usize,
    /// Whether the labels below stand upright.
    upright: bool,
    /// The contribution that has the strongest colour.
    most: f64,
}

/// The map with a legend of its colours. Cells also carry their number, or
/// their sign where there is no room.
pub(in crate::train::report) fn heatmap(
    picture: &Picture<'_>,
    heat: &HeatMap<'_>,
) -> Result<Markup, ReportError> {
    let map = Map::of(picture, heat);
    picture.draw(|area| {
        for (row, values) in heat.values.iter().take(map.up).enumerate() {
            for (column, &value) in values.iter().take(map.across).enumerate() {
                map.cell(area, (column, row), value)?;
            }
        }
        map.labels_across(area, heat.across)?;
        map.labels_up(area, heat.up)?;
        let name = style(SMALL, MUTED, HPos::Left, VPos::Top);
        write(
            area,
            &format!("↑ {}", short(heat.up_name, 40)),
            (2.0, 3.0),
            &name,
        )?;
        let along = style(SMALL, MUTED, HPos::Center, VPos::Bottom);
        let middle = map.left + map.width * map.across as f64 / 2.0;
        let bottom = f64::from(picture.height) - 4.0;
        write(
            area,
            &format!("{} →", short(heat.across_name, 40)),
            (middle, bottom),
            &along,
        )?;
        map.legend(area, f64::from(picture.width) - LEGEND + 10.0)
    })
}

fn cells(axis: &PairAxis) -> usize {
    let cells = match axis {
        PairAxis::Edges(edges) => edges.len().saturating_sub(1),
        PairAxis::Levels(levels) => levels.len(),
    };
    cells.min(MOST_CELLS)
}

/// Names need more room than numbers.
fn left_of(axis: &PairAxis) -> f64 {
    match axis {
        PairAxis::Levels(levels) if levels.iter().all(|level| level.len() <= 5) => {
            MAP_LEFT_OF_NUMBERS
        }
        PairAxis::Edges(_) | PairAxis::Levels(_) => MAP_LEFT,
    }
}

/// Room below for upright names, the longest deciding.
fn upright_room(levels: &[String]) -> f64 {
    let longest = levels.iter().map(|level| level.chars().count()).max();
    (40.0 + 9.0 * longest.unwrap_or(0) as f64).min(UPRIGHT)
}

impl Map {
    fn of(picture: &Picture<'_>, heat: &HeatMap<'_>) -> Self {
        let (across, up) = (cells(heat.across), cells(heat.up));
        let most = heat.values.iter().flatten().map(|value| value.abs());
        let most = most.filter(|size| size.is_finite()).fold(0.0, f64::max);
        let most = match heat.scale {
            Scale::Rising(Some(most)) => most,
            Scale::Rising(None) | Scale::Counts | Scale::Diverging => most,
        };
        let left = left_of(heat.up);
        let width = (f64::from(picture.width) - left - LEGEND) / across.max(1) as f64;
        let upright = match heat.across {
            PairAxis::Edges(_) => false,
            PairAxis::Levels(levels) => levels
                .iter()
                .any(|name| fitting(name, width - 4.0).ends_with('…')),
        };
        let below = match heat.across {
            PairAxis::Levels(levels) if upright => upright_room(levels),
            PairAxis::Levels(_) | PairAxis::Edges(_) => LEVEL,
        };
        Self {
            left,
            scale: heat.scale,
            width,
            height: (f64::from(picture.height) - MAP_TOP - below) / up.max(1) as f64,
            across,
            up,
            upright,
            most: if most > 0.0 { most } else { 1.0 },
        }
    }

    fn bottom(&self) -> f64 {
        MAP_TOP + self.height * self.up as f64
    }

    fn cell(
        &self,
        area: &Area<'_>,
        (column, row): (usize, usize),
        value: f64,
    ) -> Result<(), DrawError> {
        if value.is_nan() && self.scale != Scale::Diverging {
            return Ok(());
        }
        let x = self.left + self.width * column as f64;
        let y = self.bottom() - self.height * (row as f64 + 1.0);
        let corners = [
            (px_f(x), px_f(y)),
            (px_f(x + self.width), px_f(y + self.height)),
        ];
        let strength = self.strength(value);
        area.draw(&Rectangle::new(corners, diverging(strength).filled()))?;
        let words = if self.width >= 38.0 && self.height >= 15.0 {
            self.number(value)
        } else if self.scale != Scale::Diverging || strength.abs() < 0.5 || self.width < 9.0 {
            return Ok(());
        } else if value > 0.0 {
            "+".to_owned()
        } else {
            "−".to_owned()
        };
        let number = style(
            SMALL - 1.0,
            on_diverging(strength),
            HPos::Center,
            VPos::Center,
        );
        let middle = (x + self.width / 2.0, y + self.height / 2.0);
        write(area, &words, middle, &number)
    }

    /// Where a number lies on the scale of colours.
    fn strength(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Diverging => value / self.most,
            Scale::Rising(_) | Scale::Counts => -(value / self.most).max(0.0),
        }
    }

    fn number(&self, value: f64) -> String {
        match self.scale {
            Scale::Diverging => signed(value, 2),
            Scale::Rising(_) => rounded(value, 2),
            Scale::Counts => rounded(value, 0),
        }
    }

    fn labels_across(&self, area: &Area<'_>, axis: &PairAxis) -> Result<(), DrawError> {
        let y = self.bottom() + 6.0;
        match axis {
            PairAxis::Edges(edges) => {
                let label = style(SMALL, INK, HPos::Center, VPos::Top);
                let mut free_from = 0.0;
                for (edge, value) in edges.iter().enumerate().take(self.across + 1) {
                    let x = self.left + self.width * edge as f64;
                    if x >= free_from {
                        write(area, &compact(*value), (x, y), &label)?;
                        free_from = x + LABEL;
                    }
                }
            }
            PairAxis::Levels(levels) if !self.upright => {
                let label = style(SMALL, INK, HPos::Center, VPos::Top);
                for (level, name) in levels.iter().take(self.across).enumerate() {
                    let x = self.left + self.width * (level as f64 + 0.5);
                    write(area, &fitting(name, self.width - 4.0), (x, y), &label)?;
                }
            }
            // Upright, where names would run into each other.
            PairAxis::Levels(levels) => {
                let label = style(SMALL, INK, HPos::Right, VPos::Center);
                let label = label.transform(FontTransform::Rotate270);
                for (level, name) in levels.iter().take(self.across).enumerate() {
                    let x = self.left + self.width * (level as f64 + 0.5);
                    write(area, &fitting(name, UPRIGHT - 34.0), (x, y), &label)?;
                }
            }
        }
        Ok(())
    }

    fn labels_up(&self, area: &Area<'_>, axis: &PairAxis) -> Result<(), DrawError> {
        let label = style(SMALL, INK, HPos::Right, VPos::Center);
        let x = self.left - 6.0;
        match axis {
            PairAxis::Edges(edges) => {
                let every = (self.up / 5).max(1);
                for (edge, value) in edges.iter().enumerate().take(self.up + 1).step_by(every) {
                    let y = self.bottom() - self.height * edge as f64;
                    write(area, &compact(*value), (x, y), &label)?;
                }
            }
            PairAxis::Levels(levels) => {
                for (level, name) in levels.iter().take(self.up).enumerate() {
                    let y = self.bottom() - self.height * (level as f64 + 0.5);
                    write(area, &fitting(name, self.left - 8.0), (x, y), &label)?;
                }
            }
        }
        Ok(())
    }

    fn legend(&self, area: &Area<'_>, x: f64) -> Result<(), DrawError> {
        const STEPS: i32 = 20;
        let (lowest, middle, decimals) = match self.scale {
            Scale::Diverging => (-self.most, 0.0, if self.most < 1.0 { 2 } else { 1 }),
            Scale::Rising(_) => (0.0, self.most / 2.0, if self.most <= 2.0 { 2 } else { 1 }),
            Scale::Counts => (0.0, self.most / 2.0, 0),
        };
        let height = (self.bottom() - MAP_TOP) / f64::from(STEPS + 1);
        for step in 0..=STEPS {
            let share = f64::from(step) / f64::from(STEPS);
            let strength = self.strength(lowest + share * (self.most - lowest));
            let y = MAP_TOP + height * f64::from(STEPS - step);
            let corners = [(px_f(x), px_f(y)), (px_f(x + 12.0), px_f(y + height))];
            area.draw(&Rectangle::new(corners, diverging(strength).filled()))?;
        }
        let label = style(SMALL, INK, HPos::Left, VPos::Center);
        let half_way = f64::midpoint(MAP_TOP, self.bottom());
        for (value, y) in [
            (self.most, MAP_TOP + 6.0),
            (middle, half_way),
            (lowest, self.bottom() - 6.0),
        ] {
            let words = match self.scale {
                Scale::Diverging => signed(value, decimals),
                Scale::Rising(_) | Scale::Counts => rounded(value, decimals),
            };
            write(area, &words, (x + 16.0, y), &label)?;
        }
        Ok(())
    }
}
