/// The five-character code PostgreSQL gives every error (PostgreSQL manual, appendix A).
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The five characters, such as `23505`.
  public let rawValue: String

  /// Wraps a code as the server sent it.
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The five characters.
  public var description: String { rawValue }

  /// The first two characters: the family the error belongs to, such as `23` for violated
  /// constraints.
  public var errorClass: Substring { rawValue.prefix(2) }

  /// A statement that the server cannot run as asked, for one a cached plan of an older table.
  public static let featureNotSupported = SQLState(rawValue: "0A000")
  /// A value that does not fit its column's length.
  public static let stringDataRightTruncation = SQLState(rawValue: "22001")
  /// A number outside its type's range.
  public static let numericValueOutOfRange = SQLState(rawValue: "22003")
  /// A date or time outside its type's range.
  public static let datetimeFieldOverflow = SQLState(rawValue: "22008")
  /// A regular expression that cannot be read, or is too complex.
  public static let invalidRegularExpression = SQLState(rawValue: "2201B")
  /// Bytes that are no text in the server's encoding, or a NUL in a text.
  public static let characterNotInRepertoire = SQLState(rawValue: "22021")
  /// COPY data with the wrong number of columns or a broken escape.
  public static let badCopyFileFormat = SQLState(rawValue: "22P04")
  /// A NULL where the column allows none.
  public static let notNullViolation = SQLState(rawValue: "23502")
  /// A second row with the same unique key.
  public static let uniqueViolation = SQLState(rawValue: "23505")
  /// A row that a CHECK refuses.
  public static let checkViolation = SQLState(rawValue: "23514")
  /// A row that an EXCLUDE constraint refuses.
  public static let exclusionViolation = SQLState(rawValue: "23P01")
  /// A statement in a transaction that already failed.
  public static let inFailedSQLTransaction = SQLState(rawValue: "25P02")
  /// A prepared statement that the session does not know.
  public static let invalidSQLStatementName = SQLState(rawValue: "26000")
  /// The user or the password is refused.
  public static let invalidPassword = SQLState(rawValue: "28P01")
  /// The user may not connect.
  public static let invalidAuthorization = SQLState(rawValue: "28000")
  /// The database does not exist.
  public static let invalidCatalogName = SQLState(rawValue: "3D000")
  /// Serializable or repeatable-read transactions that collided: run it again.
  public static let serializationFailure = SQLState(rawValue: "40001")
  /// Transactions that waited for each other: run it again.
  public static let deadlockDetected = SQLState(rawValue: "40P01")
  /// SQL that does not parse.
  public static let syntaxError = SQLState(rawValue: "42601")
  /// A right that the user lacks.
  public static let insufficientPrivilege = SQLState(rawValue: "42501")
  /// A column that does not exist.
  public static let undefinedColumn = SQLState(rawValue: "42703")
  /// A table that does not exist.
  public static let undefinedTable = SQLState(rawValue: "42P01")
  /// A column that exists already.
  public static let duplicateColumn = SQLState(rawValue: "42701")
  /// A table that exists already.
  public static let duplicateTable = SQLState(rawValue: "42P07")
  /// A database that exists already.
  public static let duplicateDatabase = SQLState(rawValue: "42P04")
  /// All of the server's connection slots are taken.
  public static let tooManyConnections = SQLState(rawValue: "53300")
  /// A lock that NOWAIT or the lock timeout did not wait for.
  public static let lockNotAvailable = SQLState(rawValue: "55P03")
  /// A statement that was cancelled, by request or by the statement timeout.
  public static let queryCanceled = SQLState(rawValue: "57014")
  /// Another session crashed and the server ended this one too.
  public static let crashShutdown = SQLState(rawValue: "57P02")
  /// The server is starting up or shutting down.
  public static let cannotConnectNow = SQLState(rawValue: "57P03")
  /// RAISE EXCEPTION without a code of its own.
  public static let raiseException = SQLState(rawValue: "P0001")
}
