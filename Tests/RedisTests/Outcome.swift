@testable import Redis

extension RedisConnection {
  /// The outcome of a command, for tests in which either is right.
  func outcome(_ arguments: RedisArgument..., timeout: Duration? = nil) async -> RedisResult {
    do throws(RedisError) {
      return .success(try await send(arguments, timeout: timeout))
    } catch {
      return .failure(error)
    }
  }
}
