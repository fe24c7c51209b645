import Postgres

/// Filters that the database could not evaluate: a fault of the segment, not of the server, so that
/// retrying at once would not help.
struct EvaluationFailure: Error, CustomStringConvertible {
  /// The recorded reason.
  let description: String

  /// Returns nil for any other error: a lost connection, a conflict with another transaction.
  init?(_ error: any Error) {
    guard let error = error as? PostgresError else { return nil }
    if error.code == .timeout {
      description = "the evaluation of the filters took longer than it may"
      return
    }
    // Data errors, missing objects, and exceeded limits of the server.
    guard let family = error.sqlState?.errorClass, ["22", "42", "54"].contains(family) else {
      return nil
    }
    description = error.description
  }
}

extension PostgresConnection {
  /// Applies settings for the evaluation of filters, sent along with the next statement and in force
  /// until ``endEvaluation()`` or the end of the transaction. The lock timeout is below the statement
  /// timeout, so that waiting for a lock does not count as slow filters.
  ///
  /// - Parameters:
  ///   - isSmall: Whether a few known contacts are evaluated. Rows are then found one by one by index,
  ///     however large the tables are, and the generic plan is right, as a custom plan for each call
  ///     would cost more than it saves.
  ///   - hasPattern: Whether any filter has a regular expression.
  func beginEvaluation(isSmall: Bool, hasPattern: Bool) {
    limitEvaluation(hasPattern: hasPattern)
    sendWithNext("SELECT set_config('jit', 'off', true)")
    guard isSmall else { return }
    sendWithNext(
      """
      SELECT set_config('plan_cache_mode', 'force_generic_plan', true),
        set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
        set_config('enable_mergejoin', 'off', true)
      """)
  }

  /// Sets the timeout of each of the following statements.
  func limitEvaluation(hasPattern: Bool) {
    let seconds = SegmentOptions.statementSeconds(hasPattern: hasPattern)
    sendWithNext(
      """
      SELECT set_config('statement_timeout', \("\(seconds)s"), true),
        set_config('lock_timeout', \("\(seconds - 1)s"), true)
      """)
  }

  /// Ends the settings for evaluation within the transaction.
  func endEvaluation() {
    sendWithNext("SET LOCAL statement_timeout TO DEFAULT")
    sendWithNext("SET LOCAL lock_timeout TO DEFAULT")
  }
}
