//! Makes the schemas that types give by themselves plain.

use serde_json::{Map, Value, json};

/// The schema without what says nothing on the wire, and with its texts as people read them.
pub fn tidied(schema: Value) -> Value {
    match schema {
        Value::Object(members) => Value::Object(object(members)),
        Value::Array(entries) => entries.into_iter().map(tidied).collect(),
        other => other,
    }
}

fn object(members: Map<String, Value>) -> Map<String, Value> {
    let properties = members.get("properties").cloned();
    let mut members: Map<String, Value> = members
        .into_iter()
        .filter(|(name, value)| !(is_noise(name, value) && properties.as_ref().is_none_or(|all| all != value)))
        .map(|(name, value)| {
            let value = match name.as_str() {
                // By name: what is called `title` in here is a member.
                "properties" => value.as_object().map_or(Value::Null, |all| {
                    all.iter().map(|(name, schema)| (name.clone(), tidied(schema.clone()))).collect()
                }),
                "description" => Value::from(plain(value.as_str().unwrap_or_default())),
                "default" | "enum" | "const" | "required" => value,
                _ => tidied(value),
            };
            (name, value)
        })
        .collect();
    if members.get("format").is_some_and(|format| format == "unixtime") {
        let about =
            members.get("description").and_then(Value::as_str).map_or_else(String::new, |text| format!("{text} "));
        members.insert("description".to_owned(), format!("{about}Seconds since 1970-01-01T00:00:00Z.").into());
        members.remove("format");
    }
    spread_names(&mut members);
    let alternatives = ["oneOf", "anyOf"].into_iter().find(|name| members.contains_key(*name));
    if let Some(Value::Array(parts)) = alternatives.and_then(|name| members.remove(name)) {
        merge(&mut members, parts);
        distribute(&mut members);
    }
    members
}

/// Objects by name: what the names are like stands beside what they hold.
fn spread_names(members: &mut Map<String, Value>) {
    let Some(Value::Object(patterns)) = members.get("patternProperties").cloned() else { return };
    let [(pattern, held)] = &*patterns.into_iter().collect::<Vec<_>>() else { return };
    members.remove("patternProperties");
    members.insert("propertyNames".to_owned(), json!({ "pattern": pattern }));
    members.insert("additionalProperties".to_owned(), held.clone());
}

/// Members that all alternatives share stand in each of them: so each is a whole object, told apart by one member.
fn distribute(members: &mut Map<String, Value>) {
    let (Some(Value::Object(shared)), Some(Value::Array(parts))) = (members.get("properties"), members.get("anyOf"))
    else {
        return;
    };
    let required = members.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let whole = |part: &Value| {
        let mut part = part.clone();
        if let Some(properties) = part.get_mut("properties").and_then(Value::as_object_mut) {
            properties.extend(shared.clone());
        }
        if let Some(names) = part.get_mut("required").and_then(Value::as_array_mut) {
            names.splice(0..0, required.iter().cloned());
        }
        part
    };
    let parts: Vec<Value> = parts.iter().map(whole).collect();
    for name in ["properties", "required", "type"] {
        members.remove(name);
    }
    members.insert("anyOf".to_owned(), parts.into());
}

/// Members of what is written that may be absent are never null, but for those that say so.
pub fn without_null(schema: &mut Value) {
    if let Some(entries) = schema.as_array_mut() {
        entries.iter_mut().for_each(without_null);
    }
    let Some(members) = schema.as_object_mut() else { return };
    let required = members.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        for (_, property) in properties.iter_mut().filter(|(name, _)| !required.contains(&Value::from(name.as_str()))) {
            never_null(property);
        }
    }
    members.values_mut().for_each(without_null);
}

fn never_null(property: &mut Value) {
    let Some(members) = property.as_object_mut() else { return };
    if members.remove(NULLABLE).is_some() {
        return;
    }
    if let Some(Value::Array(types)) = members.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            members.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(names)) = members.get_mut("enum") {
        names.retain(|name| !name.is_null());
    }
    if let Some(Value::Array(parts)) = members.get_mut("anyOf") {
        parts.retain(|part| *part != json!({ "type": "null" }));
        if let [Value::Object(only)] = parts.as_slice() {
            let only = only.clone();
            members.remove("anyOf");
            for (name, value) in only {
                members.entry(name).or_insert(value);
            }
        }
    }
}

/// Marks a member that may be absent and also null.
const NULLABLE: &str = "x-nullable";

/// The schema without the meaning of each of several texts: a name says enough, and the Wasm carries it.
pub fn brief(schema: &mut Value) {
    match schema {
        Value::Array(entries) => entries.iter_mut().for_each(brief),
        Value::Object(members) => {
            if let Some(Value::String(text)) = members.get_mut("description")
                && let Some(end) = text.find(MEANINGS)
            {
                text.truncate(end);
            }
            members.values_mut().for_each(brief);
        }
        _ => {}
    }
}

/// What comes before a list of meanings.
const MEANINGS: &str = "\n\n- `";

/// What only Rust cares for.
fn is_noise(name: &str, value: &Value) -> bool {
    match name {
        "title" => value.is_string(),
        "$schema" => true,
        "format" => value
            .as_str()
            .is_some_and(|format| ["uint", "int", "double", "float"].iter().any(|number| format.starts_with(number))),
        _ => false,
    }
}

/// Alternatives as one list; those that are one text each as an `enum`, whose meanings go into the description.
fn merge(members: &mut Map<String, Value>, parts: Vec<Value>) {
    let (mut flat, mut said) = (Vec::new(), Vec::new());
    for part in parts {
        let Some(nested) = part.get("anyOf").and_then(Value::as_array) else {
            flat.push(part);
            continue;
        };
        flat.extend(nested.iter().cloned());
        said.extend(part.get("description").and_then(Value::as_str).and_then(meanings));
    }
    let (mut names, mut others) = (Vec::new(), Vec::new());
    for part in flat {
        let about = part.get("description").and_then(Value::as_str);
        match texts(&part) {
            Some(texts) => {
                match (about, texts.as_slice()) {
                    (Some(about), [Value::String(name)]) => said.push(format!("- `{name}`: {about}")),
                    (Some(about), _) => said.extend(meanings(about)),
                    (None, _) => {}
                }
                names.extend(texts);
            }
            None => others.push(part),
        }
    }
    let nullable = others.iter().any(|part| *part == json!({ "type": "null" }));
    if !said.is_empty() {
        let about =
            members.get("description").and_then(Value::as_str).map_or_else(String::new, |text| format!("{text}\n\n"));
        members.insert("description".to_owned(), format!("{about}{}", said.join("\n")).into());
    }
    if others.is_empty() || (nullable && others.len() == 1 && !names.is_empty()) {
        if nullable {
            names.push(Value::Null);
        }
        members.insert("enum".to_owned(), names.into());
        return;
    }
    if !names.is_empty() {
        others.insert(0, json!({ "enum": names }));
    }
    members.insert("anyOf".to_owned(), others.into());
}

/// The list of meanings at the end of a description.
fn meanings(description: &str) -> Option<String> {
    description.find(MEANINGS).map(|at| description.split_at(at).1.trim().to_owned())
}

/// The texts that a schema is one of, if it says no more.
fn texts(part: &Value) -> Option<Vec<Value>> {
    let part = part.as_object()?;
    if part.keys().any(|name| !["const", "enum", "type", "description"].contains(&name.as_str())) {
        return None;
    }
    match (part.get("const"), part.get("enum").and_then(Value::as_array)) {
        (Some(text), None) if text.is_string() => Some(vec![text.clone()]),
        (None, Some(texts)) if texts.iter().all(Value::is_string) => Some(texts.clone()),
        _ => None,
    }
}

/// A text of the documentation of Rust without its links.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find('[') {
        let Some(end) = rest.get(begin..).and_then(|link| link.find(']')).map(|end| begin.saturating_add(end)) else {
            break;
        };
        plain.push_str(rest.get(..begin).unwrap_or_default());
        plain.push_str(rest.get(begin.saturating_add(1)..end).unwrap_or_default());
        rest = rest.get(end.saturating_add(1)..).unwrap_or_default();
        if rest.starts_with("(crate::") {
            rest = rest.split_once(')').map_or("", |(_, rest)| rest);
        }
    }
    plain.push_str(rest);
    plain.replace("\n\n", "\u{0}").replace('\n', " ").replace('\u{0}', "\n\n").replace(" - `", "\n- `")
}
