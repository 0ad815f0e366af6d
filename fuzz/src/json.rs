//! Changes to JSON that leave it JSON: a byte elsewhere would mostly make it none.

use libfuzzer_sys::fuzzer_mutate;
use serde_json::{Map, Value, json};

/// Changes a document in place and tells its new length; what is no document is
/// changed byte by byte, and so is now and then one that is.
pub fn mutate_json(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut dice = Dice(u64::from(seed) | 1 << 40);
    let document = serde_json::from_slice::<Value>(&data[..size]).ok();
    let Some(mut document) = document.filter(|_| dice.roll(32) > 0) else {
        return fuzzer_mutate(data, size, max_size);
    };
    for _ in 0..=dice.roll(3) {
        let nodes = count(&document);
        let other = nth(&mut document, dice.roll(nodes)).cloned();
        if let Some(node) = nth(&mut document, dice.roll(nodes)) {
            change(node, other, &mut dice);
        }
    }
    match serde_json::to_vec(&document) {
        Ok(text) if text.len() <= max_size => {
            data[..text.len()].copy_from_slice(&text);
            text.len()
        }
        Ok(_) | Err(_) => fuzzer_mutate(data, size, max_size),
    }
}

/// Numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    /// Below `sides`; 0 where there are none.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % sides.max(1)
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(values) => values.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

/// The value at a position, counted from the root through all that it holds.
fn nth(value: &mut Value, mut position: usize) -> Option<&mut Value> {
    if position == 0 {
        return Some(value);
    }
    position -= 1;
    let held: Vec<&mut Value> = match value {
        Value::Array(values) => values.iter_mut().collect(),
        Value::Object(fields) => fields.values_mut().collect(),
        _ => Vec::new(),
    };
    for held in held {
        let size = count(held);
        if position < size {
            return nth(held, position);
        }
        position -= size;
    }
    None
}

fn change(node: &mut Value, other: Option<Value>, dice: &mut Dice) {
    match (dice.roll(4), &mut *node) {
        (0, Value::Array(values)) => change_list(values, dice),
        (0, Value::Object(fields)) => change_fields(fields, dice),
        (0 | 1, Value::Number(number)) => {
            let number = number.as_f64().unwrap_or_default();
            *node = [
                json!(-number),
                json!(number + 1.0),
                json!(number * 2.0),
                json!(number / 3.0),
                json!(number * 1e100),
                json!(number as i64),
                json!(f64::from_bits(number.to_bits() ^ (1 << dice.roll(64)))),
            ][dice.roll(7)]
            .clone();
        }
        (1 | 2, _) => *node = other.unwrap_or_default(),
        _ => {
            *node = [
                json!(null),
                json!(true),
                json!(false),
                json!(0),
                json!(1),
                json!(-1),
                json!(0.5),
                json!(-0.0),
                json!(5e-324),
                json!(1e-300),
                json!(1e300),
                json!(f64::MAX),
                json!(f64::MIN),
                json!(u32::MAX),
                json!(i64::MIN),
                json!(u64::MAX),
                json!(""),
                json!("a"),
                json!("a\u{0}\u{202e}é"),
                json!("x".repeat(300)),
                json!([]),
                json!({}),
            ][dice.roll(22)]
            .clone();
        }
    }
}

fn change_list(values: &mut Vec<Value>, dice: &mut Dice) {
    if values.is_empty() {
        values.push(Value::Null);
        return;
    }
    let at = dice.roll(values.len());
    match dice.roll(4) {
        0 => drop(values.remove(at)),
        1 => values.insert(at, values[at].clone()),
        2 => values.truncate(at),
        _ => {
            let with = dice.roll(values.len());
            values.swap(at, with);
        }
    }
}

fn change_fields(fields: &mut Map<String, Value>, dice: &mut Dice) {
    let at = dice.roll(fields.len());
    let Some(name) = fields.keys().nth(at).cloned() else {
        return;
    };
    match dice.roll(3) {
        0 => drop(fields.remove(&name)),
        1 => {
            let value = fields.remove(&name).unwrap_or_default();
            fields.insert(format!("{name}x"), value);
        }
        _ => drop(fields.insert("x".to_owned(), Value::Null)),
    }
}
