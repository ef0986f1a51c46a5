//! What a partial update says of one member.

/// A member of a partial update, `patch<T>` in a schema: left out, cleared, or set.
///
/// ```
/// use lymph::Patch;
///
/// let mut nickname = Some("Zoë".to_owned());
/// Patch::Keep.apply(&mut nickname);
/// assert_eq!(nickname.as_deref(), Some("Zoë"));
/// Patch::Set("Zo".to_owned()).apply(&mut nickname);
/// assert_eq!(nickname.as_deref(), Some("Zo"));
/// Patch::Clear.apply(&mut nickname);
/// assert_eq!(nickname, None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Patch<T> {
    /// Not sent: stays as it is.
    #[default]
    Keep,
    /// Sent as nil: is to have no value.
    Clear,
    /// Sent with a value, which it is to have.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether nothing is said of it.
    #[must_use]
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Whether it is to have no value.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        matches!(self, Self::Clear)
    }

    /// Whether there is a new value.
    #[must_use]
    pub fn is_set(&self) -> bool {
        matches!(self, Self::Set(_))
    }

    /// The new value, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }

    /// Does to `place` what it says.
    pub fn apply(self, place: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *place = None,
            Self::Set(value) => *place = Some(value),
        }
    }

    /// Does to `place` what it says, where that always has a value: `cleared` when there is to be none.
    pub fn apply_or(self, place: &mut T, cleared: T) {
        match self {
            Self::Keep => {}
            Self::Clear => *place = cleared,
            Self::Set(value) => *place = value,
        }
    }

    /// The same of something else: `convert` makes the new value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(convert(value)),
        }
    }

    /// The same with a reference to the value.
    #[must_use]
    pub fn as_ref(&self) -> Patch<&T> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(value),
        }
    }

    /// The same with what the value stands for: `Patch<String>` as `Patch<&str>`, to send it on.
    #[must_use]
    pub fn as_deref(&self) -> Patch<&T::Target>
    where
        T: std::ops::Deref,
    {
        self.as_ref().map(|value| &**value)
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T> From<Option<T>> for Patch<T> {
    /// No value clears; nothing is kept.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_one_thing_of_a_place() {
        let all = [Patch::Keep, Patch::Clear, Patch::Set(2)];
        let said =
            all.map(|patch| (patch.is_keep(), patch.is_clear(), patch.is_set(), patch.value().copied()));
        let expected =
            [(true, false, false, None), (false, true, false, None), (false, false, true, Some(2))];
        assert_eq!(said, expected);
        let optional = all.map(|patch| {
            let mut place = Some(1);
            patch.apply(&mut place);
            place
        });
        assert_eq!(optional, [Some(1), None, Some(2)]);
        let always = all.map(|patch| {
            let mut place = 1;
            patch.apply_or(&mut place, 0);
            place
        });
        assert_eq!(always, [1, 0, 2]);
    }

    #[test]
    fn comes_from_values_and_goes_on_as_references() {
        assert_eq!(Patch::default(), Patch::<u8>::Keep);
        assert_eq!(
            [Patch::from(Some(1)), None.into(), 1.into()],
            [Patch::Set(1), Patch::Clear, Patch::Set(1)]
        );
        let owned = [Patch::Keep, Patch::Clear, Patch::Set("a".to_owned())];
        let borrowed = [Patch::Keep, Patch::Clear, Patch::Set("a")];
        assert_eq!([0, 1, 2].map(|index| owned[index].as_deref()), borrowed);
        assert_eq!(borrowed.map(|patch| patch.map(str::len)), [Patch::Keep, Patch::Clear, Patch::Set(1)]);
    }
}
