use brihaspati_core::lambda;

#[tokio::main]
async fn main() -> Result<(), lambda::Error> {
    lambda::run(list_class_environments::build).await
}
