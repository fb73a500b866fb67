//! Pages for people: to look at what the platform holds, and to change it by hand, as they would in
//! the real one. Values are escaped by the templates; no page loads anything from elsewhere.

mod readable;

use super::answer::Refusal;
use super::behaviour;
use super::listing::{last_page, window};
use super::resource::{RESOURCES, Resource, resource};
use super::server::Server;
use super::store::{Change, Page, Row, Window};
use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use minijinja::{Environment, context};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The templates.
#[derive(Debug)]
pub(super) struct Pages(Environment<'static>);

impl Pages {
    /// Compiles the templates.
    pub(super) fn new() -> Result<Self, minijinja::Error> {
        let mut environment = Environment::new();
        for (name, source) in [
            ("layout.html", include_str!("layout.html")),
            ("overview.html", include_str!("overview.html")),
            ("table.html", include_str!("table.html")),
            ("object.html", include_str!("object.html")),
            ("problem.html", include_str!("problem.html")),
        ] {
            environment.add_template(name, source)?;
        }
        Ok(Pages(environment))
    }

    fn render(&self, status: StatusCode, name: &str, values: minijinja::Value) -> Response {
        let html = self
            .0
            .get_template(name)
            .and_then(|template| template.render(values));
        let (status, kind, text) = match html {
            Ok(html) => (status, "text/html; charset=utf-8", html),
            Err(error) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "text/plain; charset=utf-8",
                error.to_string(),
            ),
        };
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static(kind)),
            (
                CONTENT_SECURITY_POLICY,
                HeaderValue::from_static(
                    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
                     frame-ancestors 'none'; base-uri 'none'",
                ),
            ),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (status, headers, text).into_response()
    }

    fn problem(&self, refusal: &Refusal) -> Response {
        self.render(
            refusal.status(),
            "problem.html",
            context! { message => refusal.message() },
        )
    }
}

/// The pages' routes.
pub(super) fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/", get(overview))
        .route("/ui/{collection}", get(table).post(create))
        .route("/ui/{collection}/new", get(blank))
        .route("/ui/{collection}/{id}", get(object).post(save))
        .route("/ui/{collection}/{id}/delete", post(delete))
        .route("/ui/{collection}/{id}/members", post(member))
}

type Shared = State<Arc<Server>>;

async fn overview(State(server): Shared) -> Response {
    let first = window(None, None);
    let counted = server
        .work(move |store| {
            store.read(|connection| {
                RESOURCES
                    .iter()
                    .map(|of| {
                        let total = Page::load(
                            connection,
                            of,
                            Window {
                                per_page: 1,
                                ..first
                            },
                        )?
                        .total;
                        Ok(context! { path => of.path(), summary => of.summary, total })
                    })
                    .collect::<Result<Vec<_>, Refusal>>()
            })
        })
        .await;
    match counted {
        Ok(collections) => {
            server
                .pages
                .render(StatusCode::OK, "overview.html", context! { collections })
        }
        Err(refusal) => server.pages.problem(&refusal),
    }
}

#[derive(Debug, Deserialize)]
struct PageQuery {
    page: Option<String>,
}

async fn table(
    State(server): Shared,
    Path(collection): Path<String>,
    Query(query): Query<PageQuery>,
) -> Response {
    let window = window(query.page.as_deref(), Some("50"));
    let loaded = match find(&collection) {
        Ok(of) => server
            .work(move |store| store.read(|connection| Page::load(connection, of, window)))
            .await
            .map(|page| (of, page)),
        Err(refusal) => Err(refusal),
    };
    match loaded {
        Ok((of, page)) => {
            let rows: Vec<_> = page
                .rows
                .iter()
                .map(|row| {
                    context! {
                        id => row.id,
                        label => &row.label,
                        status => &row.status,
                        computed => readable::pairs(&row.computed),
                    }
                })
                .collect();
            server.pages.render(
                StatusCode::OK,
                "table.html",
                context! {
                    path => of.path(),
                    summary => of.summary,
                    kind => of.id,
                    rows,
                    total => page.total,
                    page => window.page,
                    last_page => last_page(page.total, window),
                },
            )
        }
        Err(refusal) => server.pages.problem(&refusal),
    }
}

async fn blank(State(server): Shared, Path(collection): Path<String>) -> Response {
    match find(&collection) {
        Ok(of) => {
            let body = readable::indented(of.collection.minimal);
            form(&server, StatusCode::OK, of, None, &body, None)
        }
        Err(refusal) => server.pages.problem(&refusal),
    }
}

async fn object(State(server): Shared, Path((collection, id)): Path<(String, i64)>) -> Response {
    show(&server, &collection, id, None).await
}

#[derive(Debug, Deserialize)]
struct BodyForm {
    body: String,
}

async fn create(
    State(server): Shared,
    Path(collection): Path<String>,
    Form(sent): Form<BodyForm>,
) -> Response {
    let of = match find(&collection) {
        Ok(of) => of,
        Err(refusal) => return server.pages.problem(&refusal),
    };
    let made = match parse(&sent.body) {
        Ok(body) => {
            server
                .work(move |store| store.write(|changes| changes.create(of, body)))
                .await
        }
        Err(refusal) => Err(refusal),
    };
    match made {
        Ok(id) => Redirect::to(&format!("/ui/{}/{id}", of.path())).into_response(),
        Err(refusal) => form(
            &server,
            refusal.status(),
            of,
            None,
            &sent.body,
            Some(&refusal),
        ),
    }
}

async fn save(
    State(server): Shared,
    Path((collection, id)): Path<(String, i64)>,
    Form(sent): Form<BodyForm>,
) -> Response {
    let saved = match (find(&collection), parse(&sent.body)) {
        (Ok(of), Ok(body)) => {
            server
                .work(move |store| {
                    store.write(|changes| changes.update(of, id, Change::Replace(body)))
                })
                .await
        }
        (Err(refusal), _) | (_, Err(refusal)) => Err(refusal),
    };
    match saved {
        Ok(()) => Redirect::to(&format!("/ui/{collection}/{id}")).into_response(),
        Err(refusal) => show(&server, &collection, id, Some((&sent.body, &refusal))).await,
    }
}

async fn delete(State(server): Shared, Path((collection, id)): Path<(String, i64)>) -> Response {
    let deleted = match find(&collection) {
        Ok(of) => {
            server
                .work(move |store| store.write(|changes| changes.delete(of, id)))
                .await
        }
        Err(refusal) => Err(refusal),
    };
    match deleted {
        Ok(()) => Redirect::to(&format!("/ui/{collection}")).into_response(),
        Err(refusal) => server.pages.problem(&refusal),
    }
}

#[derive(Debug, Deserialize)]
struct MemberForm {
    contact_id: i64,
    action: MemberAction,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MemberAction {
    Add,
    Remove,
}

async fn member(
    State(server): Shared,
    Path((collection, id)): Path<(String, i64)>,
    Form(sent): Form<MemberForm>,
) -> Response {
    let MemberForm { contact_id, action } = sent;
    let of = find(&collection).and_then(|of| {
        behaviour::members_of(of)
            .map(|_| of)
            .ok_or_else(|| Refusal::Unknown(format!("members of {}", of.path())))
    });
    let done = match of {
        Ok(of) => {
            server
                .work(move |store| {
                    store.write(|changes| match action {
                        MemberAction::Add => behaviour::add_member(changes, of, id, contact_id),
                        MemberAction::Remove => {
                            behaviour::remove_member(changes, of, id, contact_id)
                        }
                    })
                })
                .await
        }
        Err(refusal) => Err(refusal),
    };
    match done {
        Ok(()) => Redirect::to(&format!("/ui/{collection}/{id}")).into_response(),
        Err(refusal) => server.pages.problem(&refusal),
    }
}

/// The page of an object; with what was sent and why it was refused, if it was.
async fn show(
    server: &Arc<Server>,
    collection: &str,
    id: i64,
    refused: Option<(&str, &Refusal)>,
) -> Response {
    let loaded = match find(collection) {
        Ok(of) => server
            .work(move |store| {
                store.read(|connection| {
                    let row = Row::load(connection, of, id)?;
                    let first = Window {
                        page: 1,
                        per_page: 100,
                    };
                    let members = match behaviour::members_of(of) {
                        Some(contacts) => {
                            Some(Page::load_members(connection, contacts, id, first)?.rows)
                        }
                        None => None,
                    };
                    Ok((row, members))
                })
            })
            .await
            .map(|(row, members)| (of, row, members)),
        Err(refusal) => Err(refusal),
    };
    match loaded {
        Ok((of, row, members)) => {
            let indented = readable::indented(&row.body);
            let body = refused.map_or(indented.as_str(), |(body, _)| body);
            let refusal = refused.map(|(_, refusal)| refusal);
            let status = refusal.map_or(StatusCode::OK, Refusal::status);
            form(server, status, of, Some((&row, members)), body, refusal)
        }
        Err(refusal) => server.pages.problem(&refusal),
    }
}

/// The form of an object, new or not.
fn form(
    server: &Server,
    status: StatusCode,
    of: &Resource,
    existing: Option<(&Row, Option<Vec<Row>>)>,
    body: &str,
    refusal: Option<&Refusal>,
) -> Response {
    let errors = refusal.map(|refusal| match refusal {
        Refusal::Invalid(errors) => errors
            .0
            .iter()
            .flat_map(|(field, messages)| messages.iter().map(move |it| format!("{field} {it}")))
            .collect(),
        Refusal::Malformed(_)
        | Refusal::Unauthorised
        | Refusal::Foreign(_)
        | Refusal::Unknown(_)
        | Refusal::Verb(_)
        | Refusal::Conflict(_)
        | Refusal::TooLarge(_)
        | Refusal::Limited { .. }
        | Refusal::Broken(_) => vec![refusal.message()],
    });
    let (row, members) = existing.map_or((None, None), |(row, members)| (Some(row), members));
    let members = members.map(|members| {
        members
            .iter()
            .map(|row| context! { id => row.id, label => &row.label })
            .collect::<Vec<_>>()
    });
    server.pages.render(
        status,
        "object.html",
        context! {
            path => of.path(),
            kind => of.id,
            id => row.map(|row| row.id),
            label => row.map(|row| &row.label),
            fields => row.map(|row| minijinja::value::Serde(readable::fields(row))),
            members,
            body,
            errors,
        },
    )
}

fn find(collection: &str) -> Result<&'static Resource, Refusal> {
    resource(collection).ok_or_else(|| Refusal::Unknown(format!("collection {collection}")))
}

fn parse(body: &str) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_str(body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(Refusal::invalid("body", "is an object")),
        Err(error) => Err(Refusal::Malformed(error.to_string())),
    }
}
