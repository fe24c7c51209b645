/// A server that runs while something is measured on it.
enum BenchServer {
  /// Runs a server during a body, which gets its port.
  ///
  /// - Parameters:
  ///   - name: What it is, for errors.
  ///   - serve: Runs the server until it is cancelled, and tells its port.
  ///   - body: The measurement.
  static func with<R: Sendable>(
    _ name: String,
    serving serve:
      @escaping @Sendable (_ listens: @escaping @Sendable (Int) -> Void) async throws
      -> Void,
    isolation: isolated (any Actor)? = #isolation, _ body: (Int) async throws -> R
  ) async throws -> R {
    let (ports, found) = AsyncStream<Int>.makeStream()
    let serving = Task {
      defer { found.finish() }
      try await serve { found.yield($0) }
    }
    var port: Int?
    for await given in ports {
      port = given
      break
    }
    guard let port else {
      try await serving.value
      throw BenchError("\(name) does not listen")
    }
    let result: Result<R, any Error>
    do { result = .success(try await body(port)) } catch { result = .failure(error) }
    serving.cancel()
    _ = await serving.result
    return try result.get()
  }
}
