//! The rules sorted by what they look at.

use lymph_idl::model::{ErrorDef, Event, Handler, Interface, Meta, Method, Package, TypeDef};

use crate::changes::{MemberChanges, VariantChanges};
use crate::history::OldBreak;
use crate::matching::{InterfaceMembers, PackageMembers};
use crate::node::{Choice, Members, Value};
use crate::pair::Pair;
use crate::policy::Left;
use crate::rule::{Check, Rule};
use crate::rules::RULES;
use crate::sink::{At, Change, Sink};
use crate::steps;
use crate::verdict::PackageChange;

macro_rules! index {
    ($($field:ident: $kind:ident($($name:ident: $argument:ty),*) $mode:ident;)*) => {
        /// The rules sorted by what they look at, each list in the order of [`RULES`].
        #[derive(Default)]
        pub(super) struct Index {
            $($field: Vec<(&'static Rule, fn($($argument,)* &mut Sink<'_, '_>))>,)*
        }

        impl Index {
            pub(super) fn new() -> Self {
                let mut index = Self::default();
                for rule in RULES {
                    match rule.check {
                        $(Check::$kind(check) => index.$field.push((rule, check)),)*
                        // Run when the findings are known.
                        Check::Version(_) | Check::History(_) | Check::Acceptance(_) => {}
                    }
                }
                index
            }

            $(pub(super) fn $field<'a>(&self, $($name: $argument,)* changes: &mut Vec<Change>, at: At<'_, 'a>) {
                for (rule, check) in &self.$field {
                    steps::note(1);
                    let before = changes.len();
                    check($($name,)* &mut Sink::new(changes, rule, at));
                    if index!(@$mode) && changes.len() > before {
                        break;
                    }
                }
            })*
        }
    };
    (@first) => { true };
    (@all) => { false };
}

index! {
    presence: Presence(values: &Pair<Value<'_>>) first;
    types: Type(values: &Pair<Value<'_>>) first;
    bounds: Bounds(values: &Pair<Value<'_>>) all;
    naming: Naming(values: &Pair<Value<'_>>) all;
    members: Members(members: &Pair<Members<'_>>, changes: &MemberChanges<'_>) all;
    choice: Choice(choices: &Pair<Choice<'_>>, changes: &VariantChanges<'_>) all;
    type_def: TypeDef(types: &Pair<&TypeDef>) all;
    package: Package(members: &PackageMembers<'_>) all;
    interface: Interface(interfaces: &Pair<&Interface>, members: &InterfaceMembers<'_, '_>) all;
    method: Method(methods: &Pair<&Method>) all;
    error: Error(errors: &Pair<&ErrorDef>) all;
    event: Event(events: &Pair<&Event>) all;
    handler: Handler(handlers: &Pair<&Handler>) all;
    meta: Meta(metas: &Pair<&Meta>) all;
    majors: Majors(packages: Pair<&Package>) all;
}

/// Lets the rules about versions look at a package whose findings are known.
pub(crate) fn run_version_checks(package: &PackageChange<'_>, changes: &mut Vec<Change>, at: At<'_, '_>) {
    for rule in RULES {
        if let Check::Version(check) = rule.check {
            check(package, &mut Sink::new(changes, rule, at));
        }
    }
}

/// Lets the rules about older versions look at something that only one of them makes visible.
pub(crate) fn run_history_checks(found: &OldBreak, changes: &mut Vec<Change>, at: At<'_, '_>) {
    for rule in RULES {
        if let Check::History(check) = rule.check {
            check(found, &mut Sink::new(changes, rule, at));
        }
    }
}

/// Lets the rules about acceptances look at one that accepts nothing.
pub(crate) fn run_acceptance_checks(left: &Left<'_>, changes: &mut Vec<Change>, at: At<'_, '_>) {
    for rule in RULES {
        if let Check::Acceptance(check) = rule.check {
            check(left, &mut Sink::new(changes, rule, at));
        }
    }
}
