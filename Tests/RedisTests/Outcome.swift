@testable import Redis

extension RedisConnection {
  /// What a command came to, for tests in which either outcome is right.
  func outcome(_ arguments: RedisArgument..., timeout: Duration? = nil) async -> RedisResult {
    do throws(RedisError) {
      return .success(try await send(arguments, timeout: timeout))
    } catch {
      return .failure(error)
    }
  }
}
