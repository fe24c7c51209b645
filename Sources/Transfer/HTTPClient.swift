/// Sends requests to other servers on a fixed number of threads, which libcurl blocks instead of the
/// threads that run everything else.
package final class HTTPClient: Sendable {
  private let calls: CallQueue<HTTPConnections>

  /// Creates a client.
  ///
  /// - Parameters:
  ///   - concurrency: The number of concurrent requests.
  ///   - perHost: The number of concurrent requests to one host, a quarter of that to a slow one; nil for no limit.
  ///   - capacity: The number of further requests that may wait for a thread, those to one host in order of arrival;
  ///     one more fails with ``TransferError/Code/busy``.
  package init(concurrency: Int = 8, perHost: Int? = nil, capacity: Int = 10_000) {
    calls = CallQueue(threads: concurrency, capacity: capacity, perKey: perHost) {
      HTTPConnections()
    }
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
      await calls.run(for: Self.host(of: call.url)) { connections in connections.perform(exchange) }
    } onCancel: {
      exchange.cancel()
    }
    guard let result else { throw TransferError(.busy, "too many requests wait for a thread") }
    return try result.get()
  }

  /// Changes a request as a redirect asks. The method and the body stay: a redirect that would turn what was to be
  /// delivered into a mere question is an error, as is one that would hand it to another host by a rule that
  /// most clients take for such a question.
  static func follow(
    _ target: String, status: Int, _ call: inout HTTPCall
  ) throws(TransferError) {
    let wasSecure = call.url.prefix(8).lowercased() == "https://"
    let isSecure = target.prefix(8).lowercased() == "https://"
    if wasSecure, !isSecure {
      throw TransferError(.redirect, "a redirect leads from https to \(target.prefix(16))")
    }
    let isQuestion = ["GET", "HEAD"].contains(call.method.uppercased())
    let keepsRequest =
      status == 307 || status == 308
      || (status == 301 || status == 302) && host(of: call.url) == host(of: target)
    guard isQuestion || keepsRequest else {
      throw TransferError(
        .redirect,
        "the receiver redirects (\(status)) to \(target.prefix(500)), where the data would be lost; use that address"
      )
    }
    // Credentials are only for the original server.
    if origin(of: call.url) != origin(of: target) {
      let secrets: Set = ["authorization", "cookie", "proxy-authorization"]
      call.headers.removeAll { secrets.contains($0.name.lowercased()) }
      call.signature = nil
    }
    call.url = target
    try call.check()
  }

  private static func origin(of url: String) -> String {
    let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.prefix(3).joined(separator: "/").lowercased()
  }

  /// Returns the host of a URL, without user and port.
  static func host(of url: String) -> String {
    let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count > 2 else { return "" }
    let authority = parts[2].prefix { $0 != "?" && $0 != "#" }
    let place =
      authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
    if place.first == "[" { return String(place.prefix { $0 != "]" }).lowercased() }
    return String(place.prefix { $0 != ":" }).lowercased()
  }
}
