import Foundation
import Primitives
import TestSupport

/// What a page takes from the network with an empty cache: with all its styles, scripts, fonts, pictures, frames and
/// requests to the API.
struct Traffic: Sendable, Equatable {
  /// Bytes as they come, packed, with the heads of answers.
  var bytes = 0
  var requests = 0
  /// When something is seen first, in milliseconds from the beginning.
  var firstPaint = 0
}

extension Browser {
  /// Opens a page with an empty cache, and waits until it asks for no more. The browser must log its traffic.
  func weigh(_ url: String) async throws -> Traffic {
    try await open("about:blank")
    try await devTools("Network.clearBrowserCache")
    _ = try await traffic()
    try await open(url)
    var (seen, quietSince) = (TrafficLog(), ContinuousClock.now)
    let isQuiet = try await eventually {
      let events = try await traffic()
      for event in events { seen.note(event) }
      if !events.isEmpty { quietSince = .now }
      return seen.isWhole && ContinuousClock.now - quietSince > .milliseconds(500)
    }
    guard isQuiet else { throw Failure("\(url) goes on loading: \(seen.underWay)") }
    let paint = try await run(
      "return Math.round(performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0)"
    )
    return Traffic(bytes: seen.bytes, requests: seen.requests, firstPaint: paint.int ?? 0)
  }

  /// The events of the network since the last call, by DevTools' protocol.
  private func traffic() async throws -> [JSONValue] {
    try await log("performance").elements.compactMap { entry in
      guard let text = entry["message"]?.text else { return nil }
      let message = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))["message"]
      return message?["method"]?.text?.hasPrefix("Network.") == true ? message : nil
    }
  }
}

/// Adds up the events of the network.
private struct TrafficLog {
  var bytes = 0
  var requests = 0
  /// The addresses of what is under way, by the browser's ids.
  private(set) var underWay: [String: String] = [:]
  private var isBegun = false

  /// Whether something has come and all that was asked for is there.
  var isWhole: Bool { isBegun && underWay.isEmpty }

  mutating func note(_ event: JSONValue) {
    guard let data = event["params"], let id = data["requestId"]?.text else { return }
    switch event["method"]?.text {
    case "Network.requestWillBeSent":
      // A stream of live figures has no end.
      guard data["type"]?.text != "EventSource",
        let url = data["request"]?["url"]?.text, url.hasPrefix("http")
      else { return }
      underWay[id] = url
      isBegun = true
    case "Network.loadingFinished":
      let size = data["encodedDataLength"]?.int ?? 0
      // What another document of the page has loaded already is not sent again.
      if underWay.removeValue(forKey: id) != nil, size > 0 {
        bytes += size
        requests += 1
      }
    case "Network.loadingFailed": underWay[id] = nil
    default: break
    }
  }
}
