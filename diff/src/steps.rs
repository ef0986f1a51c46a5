//! How much was done: for the test that the work grows with the schemas, and no faster.

#[cfg(test)]
thread_local!(static STEPS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) });

/// Notes that so many things were looked at. Costs nothing but in tests of this crate.
#[inline]
pub(crate) fn note(count: usize) {
    #[cfg(test)]
    STEPS.set(STEPS.get() + count);
    #[cfg(not(test))]
    let _ = count;
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use lymph_idl::{Memory, Options, Schema, load_with};

    use super::STEPS;
    use crate::policy::Policy;
    use crate::report::diff;

    /// Packages with a history, in which something breaks; `limit` is what the sides differ in.
    fn schema(packages: usize, limit: &str, has_extra: bool) -> Schema {
        let mut files = Memory::new();
        let names: Vec<String> = (0..packages).map(|package| format!("part{package}.lymph")).collect();
        for (package, name) in names.iter().enumerate() {
            let mut text = format!("package part{package} @ 1.4.0;\n");
            for item in 0..20 {
                let extra = if has_extra { "late: string?," } else { "" };
                write!(
                    text,
                    "struct Held{item} {{ limit: {limit}, @since(1.2) next: Held{item}?, {extra} }}\n\
                     event part{package}.changed{item} {{ held: Held{item}, {extra} }}\n\
                     interface Part{package}Service{item} {{ rpc get(a: Held{item}, {extra}) -> Held{item}; \
                     emits part{package}.changed{item}; on part{package}.changed{item}; }}\n"
                )
                .expect("a String takes everything");
            }
            files = files.file(name, text);
        }
        load_with(&names, &Options::new(), &files).unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// Steps of a comparison, and its findings.
    fn steps(packages: usize) -> (usize, usize) {
        let (old, new) = (schema(packages, "u32", false), schema(packages, "u16", true));
        STEPS.set(0);
        let report = diff(&old, &new, &Policy::default());
        assert!(report.older.len() >= packages, "older versions are compared");
        (STEPS.get(), report.findings.len())
    }

    #[test]
    fn they_grow_with_the_schemas_and_no_faster() {
        let (few, few_findings) = steps(3);
        let (many, many_findings) = steps(12);
        assert_eq!(many_findings, 4 * few_findings);
        assert!(few > 1_000, "{few} steps");
        // The half of a hundredth is for what is done once.
        assert!(many * 200 <= 4 * few * 201, "{few} steps for 3 packages, {many} for 12");
    }
}
