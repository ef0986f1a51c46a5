//! The code that the programs in `ui` use wrongly, or rightly.

lymph::include_schema!("places");
