//! The MCP server, by a client of the protocol over HTTP.

mod door;
mod reading;
mod schema;
mod steering;

use super::{
    rest::Client,
    support::{NOWHERE, TestApp},
};
use crate::domain::api_key::Scope;
use rmcp::{
    RoleClient, ServiceExt,
    model::{CallToolRequestParams, CallToolResult, Tool},
    service::RunningService,
    transport::{StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig},
};
use serde_json::Value;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// An installation that listens, with the project `cup`.
struct Installation {
    app: TestApp,
    url: String,
}

impl Installation {
    async fn new(mcp_write: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let set = |settings: &mut crate::server::config::Settings| {
            settings.addr = addr.to_string();
            settings.mcp_write = mcp_write.to_owned();
        };
        let app = TestApp::configured(set, |_| {}).await;
        let router = app.stranger().router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { app, url: format!("http://{addr}/api/mcp") }
    }

    /// A client with a new key of `cup`.
    async fn client(&self, scopes: &[Scope]) -> Connected {
        self.client_of("cup", scopes).await
    }

    async fn client_of(&self, slug: &str, scopes: &[Scope]) -> Connected {
        self.connect(&Client::of(&self.app, slug, scopes).await.key).await
    }

    fn transport(&self, key: &str) -> StreamableHttpClientTransport<reqwest::Client> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let config = StreamableHttpClientTransportConfig::with_uri(self.url.clone()).auth_header(key);
        StreamableHttpClientTransport::from_config(config)
    }

    async fn connect(&self, key: &str) -> Connected {
        Connected(().serve(self.transport(key)).await.unwrap())
    }
}

struct Connected(RunningService<RoleClient, ()>);

impl Connected {
    async fn tools(&self) -> Vec<Tool> {
        self.0.list_all_tools().await.unwrap()
    }

    async fn names(&self) -> Vec<String> {
        self.tools().await.into_iter().map(|tool| tool.name.into_owned()).collect()
    }

    async fn call(&self, tool: &'static str, arguments: Value) -> CallToolResult {
        let mut params = CallToolRequestParams::new(tool);
        params.arguments = arguments.as_object().cloned();
        self.0.call_tool(params).await.unwrap()
    }

    /// The structured answer of a tool that did what it was asked.
    async fn ask(&self, tool: &'static str, arguments: Value) -> Value {
        let result = self.call(tool, arguments).await;
        assert_eq!(result.is_error, Some(false), "{tool}: {result:?}");
        let value = result.structured_content.unwrap();
        assert_eq!(result.content[0].as_text().unwrap().text, value.to_string(), "older clients read the text");
        value
    }

    /// Why a tool did nothing.
    async fn refused(&self, tool: &'static str, arguments: Value) -> String {
        let result = self.call(tool, arguments).await;
        assert_eq!((result.is_error, &result.structured_content), (Some(true), &None), "{tool}: {result:?}");
        result.content[0].as_text().unwrap().text.clone()
    }
}

const READING: [&str; 5] = ["list_messages", "get_message", "explain_message", "list_customers", "explain_customer"];
const STEERING: [&str; 2] = ["cancel_message", "reschedule_message"];
