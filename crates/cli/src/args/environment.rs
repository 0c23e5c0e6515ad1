use clap::Subcommand;

use super::InClass;

#[derive(Debug, Subcommand)]
pub(crate) enum EnvironmentCommand {
    /// The class's environments, past ones too
    List {
        #[command(flatten)]
        class: InClass,
        /// Only this person's: sign-in name, e-mail address, id, or display name
        #[arg(long, short, value_name = "NAME")]
        member: Option<String>,
    },
    /// One environment's timeline, from click to receipt
    Show {
        #[command(flatten)]
        class: InClass,
        /// Its id, as `environment list` prints it
        environment: String,
    },
}
