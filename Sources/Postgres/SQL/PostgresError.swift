/// An error of PostgreSQL, or of the connection to it.
///
/// `description` is made for logs: it holds no value of any row or parameter. The server's own
/// words are in `message`, `detail` and `hint`, and in `debugDescription`.
public struct PostgresError: Error, Sendable {
  /// The kinds of failure.
  public enum Code: String, Sendable, Hashable {
    /// The server cannot be reached, or the connection was lost.
    case connection
    /// The server answered with an error; see `sqlState`.
    case server
    /// The statement took longer than the statement timeout.
    case timeout
    /// No connection of the pool became free within the acquire timeout.
    case poolTimeout
    /// The pool or the connection was closed by this process.
    case closed
    /// The task was cancelled, and with it the statement.
    case cancelled
    /// A column is missing, is NULL, or holds another type than was asked for.
    case decoding
    /// The connection settings are invalid.
    case configuration
    /// The call is not possible in the connection's present state.
    case usage
    /// COMMIT was asked for but the server rolled back, because a statement had failed before.
    case transactionAborted
    /// The migrations of the program and of the database do not go together.
    case migration
  }

  /// The details that the server sends with an error.
  final class ServerFields: Sendable {
    let sqlState: SQLState
    let severity: String
    let detail: String?
    let hint: String?
    let schema: String?
    let table: String?
    let column: String?
    let constraint: String?
    let context: String?
    let routine: String?
    let position: Int?

    init(
      sqlState: SQLState, severity: String = "ERROR", detail: String? = nil, hint: String? = nil,
      schema: String? = nil, table: String? = nil, column: String? = nil,
      constraint: String? = nil, context: String? = nil, routine: String? = nil,
      position: Int? = nil
    ) {
      self.sqlState = sqlState
      self.severity = severity
      self.detail = detail
      self.hint = hint
      self.schema = schema
      self.table = table
      self.column = column
      self.constraint = constraint
      self.context = context
      self.routine = routine
      self.position = position
    }
  }

  /// The kind of failure.
  public var code: Code
  /// The message of the server or the client. May hold values of rows.
  public var message: String
  /// True when the statement (or COMMIT) was sent and the connection was lost before the answer:
  /// its effect may have taken place or not.
  public var mayHaveBeenApplied: Bool
  private var server: ServerFields?

  init(
    _ code: Code, _ message: String, server: ServerFields? = nil, mayHaveBeenApplied: Bool = false
  ) {
    self.code = code
    self.message = message
    self.server = server
    self.mayHaveBeenApplied = mayHaveBeenApplied
  }

  /// The server's code of the error, where it was the server that failed.
  public var sqlState: SQLState? { server?.sqlState }
  /// The server's detail, which often quotes the row.
  public var detail: String? { server?.detail }
  /// The server's advice.
  public var hint: String? { server?.hint }
  /// The schema of the table or constraint concerned.
  public var schema: String? { server?.schema }
  /// The table concerned.
  public var table: String? { server?.table }
  /// The column concerned.
  public var column: String? { server?.column }
  /// The constraint that was violated.
  public var constraint: String? { server?.constraint }
  /// The place of the error: for COPY the line and column, with the value.
  public var context: String? { server?.context }
  /// The place in the SQL text, in characters from 1.
  public var position: Int? { server?.position }

  /// Whether the same transaction, run again from its start, may well succeed: collisions with
  /// other transactions, a plan made stale by a migration, a connection lost before COMMIT.
  public var isRetryable: Bool {
    if mayHaveBeenApplied { return false }
    switch sqlState {
    case .serializationFailure?, .deadlockDetected?: return true
    default: return isStalePlan || code == .connection
    }
  }

  /// Whether the server ended the session with this error.
  var endsSession: Bool { server?.severity == "FATAL" || server?.severity == "PANIC" }

  /// A prepared statement whose table has changed under it, or that the session has forgotten.
  var isStalePlan: Bool {
    if sqlState == .invalidSQLStatementName { return true }
    return sqlState == .featureNotSupported && server?.routine == "RevalidateCachedQuery"
  }

  /// A refusal that a retry does not fix: a wrong password, no such database.
  var refusesForGood: Bool {
    if code == .configuration { return true }
    switch sqlState {
    case .invalidPassword?, .invalidAuthorization?, .invalidCatalogName?: return true
    default: return false
    }
  }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
  /// For logs: kind, SQLSTATE, the names concerned, and the message without what it quotes.
  public var description: String {
    var text = "postgres \(code.rawValue)"
    if let sqlState { text += " \(sqlState)" }
    text += ": \(redactedMessage)"
    if let table { text += " (table \(table)" + (column.map { ", column \($0)" } ?? "") + ")" }
    if let constraint { text += " (constraint \(constraint))" }
    if mayHaveBeenApplied { text += "; it may have been applied" }
    return text
  }

  /// Everything the server said, values of rows included: for a developer's eyes.
  public var debugDescription: String {
    var text = "postgres \(code.rawValue)"
    if let sqlState { text += " \(sqlState)" }
    text += ": \(message)"
    let fields = [
      ("detail", detail), ("hint", hint), ("schema", schema), ("table", table), ("column", column),
      ("constraint", constraint), ("context", context), ("position", position.map(String.init)),
    ]
    for case (let name, let value?) in fields { text += "; \(name): \(value)" }
    if mayHaveBeenApplied { text += "; it may have been applied" }
    return text
  }

  /// Messages of data errors (class 22) and of triggers quote values, those of other classes quote
  /// names alone.
  private var redactedMessage: String {
    guard let family = sqlState?.errorClass, family == "22" || family == "P0" else {
      return message
    }
    var text = ""
    var quoted = false
    for character in message {
      if character == "\"" {
        quoted.toggle()
        if quoted { text += "\"…\"" }
      } else if !quoted {
        text.append(character)
      }
    }
    // "invalid byte sequence for encoding "UTF8": 0xe9 0x20"
    if sqlState == .characterNotInRepertoire, let colon = text.lastIndex(of: ":") {
      return String(text[..<colon])
    }
    return text
  }
}
