import CLibPQ
import Dispatch
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
    let session = withParameters(of: configuration) { PQconnectdbParams($0, $1, 0) }
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
    // A pooler in between may drop the options of the start.
    if PQparameterStatus(session, "TimeZone").map({ String(cString: $0) }) != "UTC" {
      PQclear(
        PQexec(
          session,
          configuration.settings.map { "SET \($0.name) = '\($0.value)'" }
            .joined(separator: ";")))
    }
    PQsetnonblocking(session, 1)
    return ConnectionHandle(session)
  }

  /// Asks the server to cancel the running statement, over a connection of its own and on a thread of its own: a
  /// server that hangs takes the connection and never answers.
  ///
  /// - Parameter done: Called once the server has passed the request on, or when it cannot be reached.
  func cancel(_ done: @escaping @Sendable () -> Void) {
    DispatchQueue(label: "postgres-cancel").async { [self] in
      if let canceller {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
          _ = PQcancel(canceller, buffer.baseAddress, 256)
        }
      }
      done()
    }
  }

  /// Whether the server answers a new connection within the connect timeout. Asked on a thread of its own.
  static func probe(
    _ configuration: PostgresConfiguration, _ done: @escaping @Sendable (_ answers: Bool) -> Void
  ) {
    DispatchQueue(label: "postgres-probe").async {
      let answer = withParameters(of: configuration) { PQpingParams($0, $1, 0) }
      done(answer == PQPING_OK || answer == PQPING_REJECT)
    }
  }

  private static func withParameters<R>(
    of configuration: PostgresConfiguration,
    _ body: ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) -> R
  ) -> R {
    let parameters = configuration.parameters
    let keywords = parameters.map { $0.keyword.withCString { strdup($0) } }
    let values = parameters.map { $0.value.withCString { strdup($0) } }
    defer { (keywords + values).forEach { free($0) } }
    return body(
      keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil])
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
