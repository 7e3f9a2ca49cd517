"""The Ray runtime that both paths share: settings, session, state, the reference library, model pools."""
