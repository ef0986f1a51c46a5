//! The service `Probe`, in this process.

use std::time::Duration;

use lymph::{Context, Fault};
use lymph_tests::generated::probe::{
    LimitedRequest, Probe, ProbeClient, ProbeServer, RefuseRequest, Refused, RenameRequest, WaitRequest,
};

pub(crate) use lymph_tests::generated::probe::RefuseError;

pub(crate) struct Service;

/// Serves it.
pub(crate) fn server() -> ProbeServer<Service> {
    ProbeServer::new(Service)
}

/// Calls it.
pub(crate) fn client(caller: &lymph::Running) -> ProbeClient {
    ProbeClient::new(caller)
}

impl Probe for Service {
    async fn wait(&self, _: &Context, request: WaitRequest) -> Result<u32, Fault> {
        tokio::time::sleep(Duration::from_millis(request.millis.into())).await;
        Ok(request.millis)
    }

    async fn fail(&self, _: &Context) -> Result<(), Fault> {
        Err(Fault::internal("nobody expects this"))
    }

    async fn refuse(&self, _: &Context, request: RefuseRequest) -> Result<(), Fault<RefuseError>> {
        Err(Refused::new(request.why).into())
    }

    async fn rename(&self, _: &Context, request: RenameRequest) -> Result<Option<String>, Fault> {
        let mut name = Some("old".to_owned());
        request.name.apply(&mut name);
        Ok(name)
    }

    async fn limited(&self, _: &Context, request: LimitedRequest) -> Result<u8, Fault> {
        Ok(request.count)
    }
}
