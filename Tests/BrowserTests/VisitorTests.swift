import Foundation
import Primitives
import TestSupport
import Testing

extension ForeignPages {
  /// Who a visitor is, whatever its browser keeps (tracking.md 2, 4, 5).
  @Suite("A visitor") struct VisitorTests {
    /// Opens a page and waits until its hit is delivered.
    ///
    /// - Returns: The contact that the answer named; nil where the script could not read it.
    private func look(_ browser: Browser, at page: String) async throws -> Int? {
      try await browser.open(page)
      let hit = try await browser.wait(for: "delivered[0]")
      return hit["id"]?.int
    }

    @Test("is one in all tabs")
    func tabs() async throws {
      let world = try World.current
      let (first, second) = (world.site.page("/tabs"), world.site.page("/tabs/two"))
      try await world.visit { browser in
        let visitor = try #require(try await look(browser, at: first))
        try await browser.openTab()
        let other = try await look(browser, at: second)
        try #require(other == visitor)
        let hits = try await world.records.hits(of: visitor)
        try #require(hits == 2)
      }
    }

    @Test("is known by cookies, at Martlet's host and at the page's, and by local storage")
    func keepsAll() async throws {
      let world = try World.current
      let page = world.site.page("/cookies")
      try await world.visit { browser in
        let visitor = try #require(try await look(browser, at: page))
        for host in [World.host, "shop.localhost"] {
          let cookies = try await browser.cookies(of: host)
          try #require(cookies["mtc_id"] == "\(visitor)", "\(host)")
          try #require(cookies["mautic_device_id"]?.count == 23, "\(host)")
        }
        let stored = try await browser.run("return localStorage.mtc_id")
        try #require(stored.int == visitor)
      }
    }

    @Test("is known by cookies alone where scripts get no local storage")
    func withoutStorage() async throws {
      let world = try World.current
      let page = world.site.page(
        "/storage",
        before: """
          Object.defineProperty(window, 'localStorage', { get: function () {
            throw new DOMException('denied', 'SecurityError');
          } });
          """)
      try await world.visit { browser in
        let visitor = try #require(try await look(browser, at: page))
        let again = try await look(browser, at: page)
        try #require(again == visitor)
        let errors = try await browser.run("return errors")
        try #require(errors == .array([]))
      }
    }

    @Test("is known by local storage alone where browsers refuse cookies of other sites")
    func withoutThirdParties() async throws {
      let world = try World.current
      let page = world.site.page("/partners")
      try await world.visit(.nothingOfThirdParties) { browser in
        let visitor = try #require(try await look(browser, at: page))
        let again = try await look(browser, at: page)
        try #require(again == visitor)
        let cookies = try await browser.cookies(of: World.host)
        try #require(cookies.isEmpty, "\(cookies)")
      }
    }

    @Test("is a new one on each page where a browser keeps nothing, and the page works")
    func keepsNothing() async throws {
      let world = try World.current
      let page = world.site.page("/nothing")
      try await world.visit(.nothing) { browser in
        let visitor = try #require(try await look(browser, at: page))
        let again = try #require(try await look(browser, at: page))
        try #require(again != visitor)
        let errors = try await browser.run("return errors")
        try #require(errors == .array([]))
        let hits = try await world.records.hits(of: visitor)
        try #require(hits == 1)
      }
    }

    @Test("on a page without https is one too, by the cookie of Martlet's host alone")
    func withoutEncryption() async throws {
      let world = try World.current
      let page = world.site.page(
        "/plain", at: "shop.example", calls: "mt('send', 'pageview'); mt('send', 'pageview');")
      try await world.visit { browser in
        // Its origin is not among those that may read.
        try await browser.open(page)
        try await browser.wait(for: "delivered.length === 2")
        let cookies = try await browser.cookies(of: "shop.example")
        try #require(cookies.isEmpty, "\(cookies)")
        let visitor = try await browser.cookies(of: World.host)["mtc_id"]
        let hits = try await world.records.hits(of: try #require(visitor.flatMap { Int($0) }))
        try #require(hits == 2)
      }
    }

    @Test("of a site that may not read answers is counted by a picture, once for each view")
    func refused() async throws {
      let world = try World.current
      let page = world.site.page(
        "/refused", at: "other.localhost", calls: "mt('send', 'pageview');")
      try await world.visit { browser in
        try await browser.open(page)
        let hit = try await browser.wait(for: "delivered[0]")
        try #require(hit["image"] == .boolean(true))
        // The same page at a site that may: the visitor is known there by the cookie of Martlet's host.
        let allowed = world.site.page("/allowed")
        let visitor = try #require(try await look(browser, at: allowed))
        let hits = try await world.records.hits(of: visitor)
        try #require(hits == 2)
      }
    }

    @Test("of a site that is allowed from now on is counted by script")
    func allowedLater() async throws {
      let world = try World.current
      let page = world.site.page("/later", at: "later.localhost")
      try await world.visit { browser in
        try await browser.open(page)
        let hit = try await browser.wait(for: "delivered[0]")
        try #require(hit["image"] == .boolean(true))
        try await world.allow("http://later.localhost:*")
        let isRead = try await eventually {
          try await look(browser, at: page) != nil
        }
        try #require(isRead)
      }
    }
  }
}
