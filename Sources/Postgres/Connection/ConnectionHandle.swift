import CLibPQ
import Glibc

/// Owns a session of libpq.
///
/// `@unchecked Sendable`: only the connection's actor uses the session, on its thread; the last
/// owner ends it.
final class ConnectionHandle: @unchecked Sendable {
  let pointer: OpaquePointer
  let socket: Int32
  private let canceller: OpaquePointer?

  private init(_ pointer: OpaquePointer) {
    self.pointer = pointer
    socket = PQsocket(pointer)
    canceller = PQgetCancel(pointer)
  }

  deinit {
    PQfreeCancel(canceller)
    PQfinish(pointer)
  }

  /// Connects, blocking the thread.
  static func connect(_ configuration: PostgresConfiguration) throws(PostgresError)
    -> ConnectionHandle
  {
    let parameters = configuration.parameters
    let keywords = parameters.map { $0.keyword.withCString { strdup($0) } }
    let values = parameters.map { $0.value.withCString { strdup($0) } }
    defer { (keywords + values).forEach { free($0) } }
    let session = PQconnectdbParams(
      keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 0)
    guard let session else { throw PostgresError(.connection, "out of memory") }
    guard PQstatus(session) == CONNECTION_OK else {
      defer { PQfinish(session) }
      let message = message(of: session)
      throw PostgresError(
        .connection, message.isEmpty ? "cannot connect to \(configuration.place)" : message,
        server: refusal(message).map { PostgresError.ServerFields(sqlState: $0, severity: "FATAL") }
      )
    }
    PQsetNoticeProcessor(session, { _, _ in }, nil)
    PQsetnonblocking(session, 1)
    return ConnectionHandle(session)
  }

  /// Asks the server to cancel the running statement. Opens a connection for that, blocking the
  /// thread.
  func cancel() -> Bool {
    guard let canceller else { return false }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
      PQcancel(canceller, buffer.baseAddress, 256) == 1
    }
  }

  /// Whether the first byte that waits to be read begins an ErrorResponse.
  var nextMessageIsError: Bool {
    var byte: UInt8 = 0
    let count = recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return count == 1 && byte == UInt8(ascii: "E")
  }

  /// libpq's last message for the session, on one line.
  static func message(of session: OpaquePointer) -> String {
    String(cString: PQerrorMessage(session)).split(whereSeparator: \.isNewline)
      .joined(separator: " ")
  }

  /// libpq keeps no SQLSTATE of a refused connection, so the server's message decides; one in
  /// another language counts as a temporary problem.
  private static func refusal(_ message: String) -> SQLState? {
    if message.contains("password authentication failed") { return .invalidPassword }
    if message.contains("no pg_hba.conf entry") { return .invalidAuthorization }
    if message.contains("role \"") && message.contains("does not exist") {
      return .invalidAuthorization
    }
    if message.contains("database \"") && message.contains("does not exist") {
      return .invalidCatalogName
    }
    if message.contains("the database system is") { return .cannotConnectNow }
    if message.contains("too many") { return .tooManyConnections }
    return nil
  }
}
