use brihaspati_core::lambda;

#[tokio::main]
async fn main() -> Result<(), lambda::Error> {
    lambda::run(room_actions::build).await
}
