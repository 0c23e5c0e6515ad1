use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Login {
    /// Your sign-in name; asked for if not given
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Sign in as a trainee of the class with this code; instructors leave it out
    #[arg(long, value_name = "CODE")]
    pub(crate) class: Option<String>,
}
