//! The API's description of itself (OpenAPI 3.1), and the guide beside it.

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::problem::ProblemView;
use super::shapes::QUANTITY;
use super::{
    accounts, badges, catalogue, disputes, entry, epcis, events, figures, kiosk, receipts, trips, webhooks,
};

/// The guide for whoever connects; the `type` of every problem leads there.
pub(crate) const GUIDE: &str = include_str!("../../../../docs/api.md");

/// The parts of the description that stand beside the handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Saunter",
        description = "A store without a checkout: gates, carts, receipts and money. The guide is at /api/v1/docs.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/api/v1")),
    paths(
        entry::enter, trips::entered, trips::left, trips::cart, trips::look, trips::list, trips::review,
        trips::cancel, disputes::dispute, disputes::decide, disputes::refund, receipts::look, events::feed,
        figures::figures, figures::audit, figures::health, webhooks::payments, entry::join, trips::pay,
        kiosk::look_up, kiosk::of_card, kiosk::link, catalogue::upload, catalogue::status, catalogue::list,
        epcis::export, accounts::create, accounts::look, accounts::erase, accounts::set_language,
        accounts::add_card, accounts::remove_card, accounts::set_default_card, accounts::give_pass,
        accounts::remove_phone, accounts::consents, accounts::consent, accounts::receipts, accounts::export,
        badges::add, badges::remove,
    ),
    components(schemas(ProblemView)),
)]
struct Parts;

/// The whole description, as it is served and as `openapi.json` has it.
pub fn openapi() -> String {
    let mut document = serde_json::to_value(Parts::openapi()).unwrap_or_default();
    document["info"]["version"] = json!("1");
    document["components"]["securitySchemes"] = json!({
        "key": { "type": "http", "scheme": "bearer", "description": "A key of the store's configuration." },
    });
    document["security"] = json!([{ "key": [] }]);
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.values_mut().for_each(close_choices);
        schemas.get_mut("QuantityShape").into_iter().for_each(bound_quantity);
    }
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.iter_mut().for_each(|(path, operations)| add_problems(path, operations));
    }
    format!("{document:#}\n")
}

/// A choice among kinds is one kind and nothing beside it.
fn close_choices(schema: &mut Value) {
    let Some(choices) = schema.get_mut("oneOf").and_then(Value::as_array_mut) else { return };
    for choice in choices.iter_mut().filter_map(Value::as_object_mut) {
        if choice.contains_key("properties") {
            choice.insert("additionalProperties".to_owned(), json!(false));
        }
    }
}

/// A quantity is more than nothing.
fn bound_quantity(schema: &mut Value) {
    let choices = schema.get_mut("oneOf").and_then(Value::as_array_mut);
    let properties = choices.into_iter().flatten().filter_map(|choice| choice["properties"].as_object_mut());
    for amount in properties.flat_map(|properties| properties.values_mut()).filter_map(Value::as_object_mut) {
        amount.insert("minimum".to_owned(), json!(1));
        amount.insert("maximum".to_owned(), json!(QUANTITY));
    }
}

/// The problems that an operation may answer with.
fn add_problems(path: &str, operations: &mut Value) {
    let Some(operations) = operations.as_object_mut() else { return };
    for operation in operations.values_mut() {
        let keyless = operation["security"] == json!([{}]);
        let has_body = operation.get("requestBody").is_some();
        let has_parameters = operation.get("parameters").is_some();
        let mut statuses = vec![429, 500, 503];
        if !keyless {
            statuses.push(401);
        }
        if !keyless || has_body {
            statuses.push(403);
        }
        if has_body || has_parameters {
            statuses.push(400);
        }
        if has_body {
            statuses.extend([408, 413, 422]);
            if !keyless {
                statuses.push(415);
            }
        }
        let named = ["{trip}", "{account}", "/uploads/", "/epcis", "/look-up"];
        if named.iter().any(|part| path.contains(part)) || keyless && has_body {
            statuses.push(404);
        }
        if path == "/receipts/{trip}" {
            statuses.push(406);
        }
        if has_body && !keyless || path.ends_with("/entered") || path.contains("/phones/") {
            statuses.push(409);
        }
        if path == "/epcis" || path.contains("/phones/") {
            statuses.push(422);
        }
        if let Some(responses) = operation["responses"].as_object_mut() {
            statuses.into_iter().for_each(|status| add_problem(responses, status));
        }
    }
}

fn add_problem(responses: &mut Map<String, Value>, status: u16) {
    let reason = axum::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let schema = json!({ "$ref": "#/components/schemas/Problem" });
    responses.insert(
        status.to_string(),
        json!({
            "description": reason.unwrap_or("Problem"),
            "content": { "application/problem+json": { "schema": schema } },
        }),
    );
}

/// `GET /openapi.json`
pub(crate) async fn document() -> Response {
    typed("application/json", openapi())
}

/// `GET /docs`
pub(crate) async fn guide() -> Response {
    typed("text/markdown; charset=utf-8", GUIDE.to_owned())
}

fn typed(kind: &'static str, text: String) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response()
}
