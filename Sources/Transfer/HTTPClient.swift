/// Sends requests to other servers on a fixed number of threads, which libcurl blocks instead of the
/// threads that run everything else.
package final class HTTPClient: Sendable {
  private let calls: CallQueue<HTTPConnections>

  /// Creates a client.
  ///
  /// - Parameters:
  ///   - concurrency: The number of concurrent requests.
  ///   - capacity: The number of further requests that may wait for a thread, in order of arrival; one more
  ///     fails with ``TransferError/Code/busy``.
  package init(concurrency: Int = 8, capacity: Int = 10_000) {
    calls = CallQueue(threads: concurrency, capacity: capacity) { HTTPConnections() }
  }

  /// Sends a request and follows redirects.
  ///
  /// - Throws: ``TransferError`` if there is no response; any status is a response.
  package func send(_ call: HTTPCall) async throws(TransferError) -> HTTPAnswer {
    try call.check()
    let start = ContinuousClock.now
    var call = call
    var hops = 0
    while true {
      let left = call.timeout - (ContinuousClock.now - start)
      guard left > .zero else { throw TransferError(.timeout, "no answer in time") }
      let (answer, target) = try await sendOnce(call, within: left)
      guard let target else { return answer }
      guard hops < call.maximumRedirects else {
        throw TransferError(.redirect, "more than \(call.maximumRedirects) redirects")
      }
      hops += 1
      try Self.follow(target, status: answer.status, &call)
    }
  }

  private func sendOnce(
    _ call: HTTPCall, within limit: Duration
  ) async throws(TransferError) -> (HTTPAnswer, String?) {
    let exchange = HTTPExchange(call, within: limit)
    let result = await withTaskCancellationHandler {
      await calls.run { connections in connections.perform(exchange) }
    } onCancel: {
      exchange.cancel()
    }
    guard let result else { throw TransferError(.busy, "too many requests wait for a thread") }
    return try result.get()
  }

  /// Changes a request as a redirect asks.
  static func follow(
    _ target: String, status: Int, _ call: inout HTTPCall
  ) throws(TransferError) {
    let wasSecure = call.url.prefix(8).lowercased() == "https://"
    let isSecure = target.prefix(8).lowercased() == "https://"
    if wasSecure, !isSecure {
      throw TransferError(.redirect, "a redirect leads from https to \(target.prefix(16))")
    }
    // Credentials are only for the original server.
    if origin(of: call.url) != origin(of: target) {
      let secrets: Set = ["authorization", "cookie", "proxy-authorization"]
      call.headers.removeAll { secrets.contains($0.name.lowercased()) }
    }
    let method = call.method.uppercased()
    if status == 303 ? method != "HEAD" : (status == 301 || status == 302) && method == "POST" {
      call.method = "GET"
      call.body = nil
      call.headers.removeAll { $0.name.lowercased().hasPrefix("content-") }
    }
    call.url = target
    try call.check()
  }

  private static func origin(of url: String) -> String {
    let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.prefix(3).joined(separator: "/").lowercased()
  }
}
