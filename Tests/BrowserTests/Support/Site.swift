import Foundation
import Synchronization
import TestSupport

/// Websites of other origins than Martlet's, with its snippet in their pages. All names of hosts lead to the same pages.
///
/// Browsers trust hosts below `localhost` as they trust `https`, so that they keep cookies there that are meant for
/// `https` alone. Each such host is a site of its own. `shop.localhost` may read Martlet's answers, others may not.
final class Site: Sendable {
  private let martlet: String
  private let pages = Mutex<[String: String]>([:])
  private let server = Mutex<HTTPStub?>(nil)

  /// - Parameter martlet: The address of Martlet.
  init(martlet: String) throws {
    self.martlet = martlet
    let stub = try HTTPStub { [weak self] asked in
      let path = asked.line.split(separator: " ").dropFirst().first?.prefix { $0 != "?" } ?? "/"
      let page = self?.pages.withLock { $0[String(path)] }
      let body = page ?? "<!DOCTYPE html><title>Not found</title>"
      return """
        HTTP/1.1 \(page == nil ? "404 Not Found" : "200 OK")\r
        Content-Type: text/html; charset=utf-8\r
        Content-Length: \(body.utf8.count)\r
        \r
        \(body)
        """
    }
    server.withLock { $0 = stub }
  }

  /// Puts a page at a path.
  ///
  /// - Parameters:
  ///   - path: The path, with a slash at its beginning.
  ///   - host: The host at which it is to be looked at.
  ///   - content: HTML of the page's body.
  ///   - calls: The calls of the snippet; nil for a page without it.
  ///   - before: A script that runs before all others.
  /// - Returns: Its address.
  func page(
    _ path: String, at host: String = "shop.localhost", _ content: String = "",
    calls: String? = "mt('send', 'pageview');", before: String = ""
  ) -> String {
    let page = """
      <!DOCTYPE html>
      <html lang="en"><head><title>Shop \(path)</title>
      <style>body{font:16px/1.5 sans-serif;margin:0 auto;max-width:44em;padding:3em 1em}</style>
      <script>
      \(before)
      // What the tests look at.
      var delivered = [], errors = [];
      addEventListener('error', function (e) { errors.push(e.message || 'a file is missing'); });
      document.addEventListener('mauticPageEventDelivered', function (e) {
        delivered.push({ image: !!e.detail.image, id: (e.detail.response || {}).id });
      });
      </script>
      \(calls.map(snippet) ?? "")
      </head><body>
      <h1>Our shop</h1>
      \(content)
      <p>Birds of all kinds, and what they like: seed, suet and clean water, delivered within two days.</p>
      </body></html>
      """
    pages.withLock { $0[path] = page }
    return "http://\(host):\(server.withLock { $0?.port ?? 0 })\(path)"
  }

  /// The snippet that websites hold (tracking.md 2).
  private func snippet(_ calls: String) -> String {
    """
    <script>
    window.MauticTrackingObject = 'mt';
    window.mt = window.mt || function () { (mt.q = mt.q || []).push(arguments); };
    (function (script) {
      script.async = true;
      script.src = '\(martlet)/mtc.js';
      document.head.appendChild(script);
    })(document.createElement('script'));
    \(calls)
    </script>
    """
  }
}
