use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum InstructorCommand {
    /// Create an account; the password is asked for, piped in, or in BRIHASPATI_NEW_PASSWORD
    Create {
        /// What they sign in with
        #[arg(long)]
        name: String,
        /// What others read
        #[arg(long)]
        display_name: String,
    },
    /// All accounts
    List,
    /// Rename an account, switch it off or on, or give it a new password
    Edit {
        /// Sign-in name or id
        #[arg(long)]
        instructor: String,
        /// What others read
        #[arg(long)]
        display_name: Option<String>,
        /// Ends every session of theirs
        #[arg(long, conflicts_with = "enable")]
        disable: bool,
        /// Lets them sign in again
        #[arg(long)]
        enable: bool,
        /// Set a new password: asked for, piped in, or in BRIHASPATI_NEW_PASSWORD
        #[arg(long)]
        new_password: bool,
    },
}
