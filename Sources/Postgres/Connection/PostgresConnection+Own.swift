public import Logging

extension PostgresConnection {
  /// Opens a session for a closure and closes it afterwards. For long work that must not keep a pool's session from
  /// others. The closure runs on the connection's own thread where its isolation allows, so it may compute for long
  /// without holding up others.
  /// - Throws: what the closure throws, or the error of the connection.
  public static func with<R: Sendable>(
    _ configuration: PostgresConfiguration, logger: Logger,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> R
  ) async throws -> R {
    let connection = try await connect(configuration, logger: logger)
    return try await withTaskExecutorPreference(connection.thread) {
      let result: R
      do {
        result = try await body(connection)
      } catch {
        await connection.close()
        throw error
      }
      await connection.close()
      return result
    }
  }
}
