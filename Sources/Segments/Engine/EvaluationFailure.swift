import Postgres

/// Filters that the database could not evaluate: a fault of the segment, not of the server, so that trying
/// again at once would not help.
struct EvaluationFailure: Error, CustomStringConvertible {
  /// What is recorded as the reason.
  let description: String

  /// Nil where an error tells of something else: a lost connection, a collision with another transaction.
  init?(_ error: any Error) {
    guard let error = error as? PostgresError else { return nil }
    if error.code == .timeout {
      description = "the evaluation of the filters took longer than it may"
      return
    }
    // Data errors, things that are not there any more, programs too large for the server.
    guard let family = error.sqlState?.errorClass, ["22", "42", "54"].contains(family) else {
      return nil
    }
    description = error.description
  }
}

extension PostgresConnection {
  /// Settings for the evaluation of filters, sent along with the next statement and in force until
  /// ``endEvaluation()`` or the end of the transaction. A wait for somebody's lock ends before the time is
  /// over that filters may take, so that it does not count as theirs.
  ///
  /// - Parameters:
  ///   - isSmall: Whether known contacts are looked at. Then rows are found one by one by index, however many
  ///     others there are; and the plan that does not depend on the parameters is the right one, as making
  ///     another for each call would cost more than it saves.
  ///   - hasPattern: Whether there are regular expressions among the filters.
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

  /// How long each of the next statements may take.
  func limitEvaluation(hasPattern: Bool) {
    let seconds = SegmentOptions.statementSeconds(hasPattern: hasPattern)
    sendWithNext(
      """
      SELECT set_config('statement_timeout', \("\(seconds)s"), true),
        set_config('lock_timeout', \("\(seconds - 1)s"), true)
      """)
  }

  /// What follows in the transaction is no evaluation any more.
  func endEvaluation() {
    sendWithNext("SET LOCAL statement_timeout TO DEFAULT")
    sendWithNext("SET LOCAL lock_timeout TO DEFAULT")
  }
}
