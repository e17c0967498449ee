//! Who may do what.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::StaffError;

/// What somebody does in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers for the store: may everything, and decides who works here.
    Owner,
    /// Runs it day by day.
    Operator,
    /// Looks at doubtful lines.
    Reviewer,
    /// Answers shoppers, and gives money back.
    Support,
    /// Sees how the store does, and nothing of any shopper.
    Viewer,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Operator, Self::Reviewer, Self::Support, Self::Viewer];

    /// The word, as tables and the command line have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Operator => "operator",
            Self::Reviewer => "reviewer",
            Self::Support => "support",
            Self::Viewer => "viewer",
        }
    }

    /// Whether whoever has this role may do something.
    ///
    /// | right | owner | operator | reviewer | support | viewer |
    /// |---|---|---|---|---|---|
    /// | `SeeFloor` | ● | ● | | | ● |
    /// | `SeeTrips` | ● | ● | ● | ● | |
    /// | `SeeEvidence` | ● | ● | ● | ● | |
    /// | `Review` | ● | ● | ● | | |
    /// | `DecideDisputes` | ● | ● | | ● | |
    /// | `Refund` | ● | ● | | ● | |
    /// | `CallOff` | ● | ● | | | |
    /// | `SeeReceipts` | ● | ● | | ● | |
    /// | `SeePeople` | ● | | | ● | |
    /// | `SeeFigures` | ● | ● | | | ● |
    /// | `SeeDevices` | ● | ● | | | ● |
    /// | `SeeCatalogue` | ● | ● | ● | ● | ● |
    /// | `ChangeCatalogue` | ● | ● | | | |
    /// | `ManageStaff` | ● | | | | |
    /// | `SeeAudit` | ● | | | | |
    pub fn may(self, right: Right) -> bool {
        use Role::{Operator, Owner, Reviewer, Support, Viewer};
        match right {
            Right::ManageStaff | Right::SeeAudit => matches!(self, Owner),
            Right::CallOff | Right::ChangeCatalogue => matches!(self, Owner | Operator),
            Right::SeeFloor | Right::SeeFigures | Right::SeeDevices => {
                matches!(self, Owner | Operator | Viewer)
            }
            Right::Review => matches!(self, Owner | Operator | Reviewer),
            Right::SeeTrips | Right::SeeEvidence => matches!(self, Owner | Operator | Reviewer | Support),
            Right::DecideDisputes | Right::Refund | Right::SeeReceipts => {
                matches!(self, Owner | Operator | Support)
            }
            Right::SeePeople => matches!(self, Owner | Support),
            Right::SeeCatalogue => true,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Role {
    type Err = StaffError;

    fn from_str(word: &str) -> Result<Self, StaffError> {
        let role = Self::ALL.into_iter().find(|role| role.as_str() == word);
        role.ok_or_else(|| StaffError::Role(word.chars().take(40).collect()))
    }
}

/// Something that not everybody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// See who is where in the store now.
    SeeFloor,
    /// See trips: when, what, how they stand.
    SeeTrips,
    /// See why a line stands on a receipt.
    SeeEvidence,
    /// Decide about doubtful lines.
    Review,
    /// Decide about disputes.
    DecideDisputes,
    /// Give money back without a dispute.
    Refund,
    /// Call a visit off.
    CallOff,
    /// See receipts.
    SeeReceipts,
    /// See a shopper's account.
    SeePeople,
    /// See the store's figures.
    SeeFigures,
    /// See how cameras, plates and gates do.
    SeeDevices,
    /// See what is sold, where and for how much.
    SeeCatalogue,
    /// Change that.
    ChangeCatalogue,
    /// Say who works here, and as what.
    ManageStaff,
    /// See who looked at what, and who signed in.
    SeeAudit,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::SeeFloor,
        Self::SeeTrips,
        Self::SeeEvidence,
        Self::Review,
        Self::DecideDisputes,
        Self::Refund,
        Self::CallOff,
        Self::SeeReceipts,
        Self::SeePeople,
        Self::SeeFigures,
        Self::SeeDevices,
        Self::SeeCatalogue,
        Self::ChangeCatalogue,
        Self::ManageStaff,
        Self::SeeAudit,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table, as the documentation has it.
    fn table() -> String {
        let cell = |may| if may { "● |" } else { "|" };
        let line = |right| {
            let cells: Vec<&str> = Role::ALL.into_iter().map(|role| cell(role.may(right))).collect();
            format!("| `{right:?}` | {}", cells.join(" "))
        };
        Right::ALL.map(line).join("\n")
    }

    #[test]
    fn each_role_may_what_the_documentation_says() {
        insta::assert_snapshot!(table(), @r"
        | `SeeFloor` | ● | ● | | | ● |
        | `SeeTrips` | ● | ● | ● | ● | |
        | `SeeEvidence` | ● | ● | ● | ● | |
        | `Review` | ● | ● | ● | | |
        | `DecideDisputes` | ● | ● | | ● | |
        | `Refund` | ● | ● | | ● | |
        | `CallOff` | ● | ● | | | |
        | `SeeReceipts` | ● | ● | | ● | |
        | `SeePeople` | ● | | | ● | |
        | `SeeFigures` | ● | ● | | | ● |
        | `SeeDevices` | ● | ● | | | ● |
        | `SeeCatalogue` | ● | ● | ● | ● | ● |
        | `ChangeCatalogue` | ● | ● | | | |
        | `ManageStaff` | ● | | | | |
        | `SeeAudit` | ● | | | | |
        ");
        let told = include_str!("../../../../docs/staff.md");
        let here = include_str!("role.rs").replace("    /// ", "");
        assert!(told.contains(&table()) && here.contains(&table()));
    }

    #[test]
    fn words_are_roles_again() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse::<Role>(), Ok(role));
        }
        assert!("admin".parse::<Role>().is_err());
    }
}
