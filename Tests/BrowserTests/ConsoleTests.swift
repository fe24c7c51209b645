import Foundation
import Primitives
import TestSupport
import Testing

extension ForeignPages {
  /// The console as people use it (console.md 4).
  @Suite("The console in a browser") struct ConsoleTests {
    /// A text that would run if a page showed it as anything but a text.
    private static let hostile =
      #"Eve <script>window.hacked=1</script><img src=x onerror=\"hacked=1\">"#

    @Test("CSL-10, CSL-12: a link to a page leads there by way of signing in")
    func signingInLeadsBack() async throws {
      let world = try World.current
      try await world.visit { browser in
        try await browser.open(world.martlet + "/console/stages?search=x")
        try await browser.wait(for: "document.querySelector('input[name=_password]')")
        try await browser.type("admin", into: "input[name=_username]")
        try await browser.type("wrong", into: "input[name=_password]")
        try await browser.click("form button")
        try await browser.wait(for: "document.querySelector('[role=alert]')")
        try await Self.signIn("admin", world.password, browser)
        try await browser.wait(
          for: "location.pathname + location.search == '/console/stages?search=x'")
        let form = try await browser.run(
          """
          return fetch('/console/stages/new', {method: 'POST', body: new URLSearchParams({name: 'x'})})
            .then(answer => answer.status)
          """)
        try #require(form == .integer(403), "a form without the session's token: \(form)")
        let frame = try await browser.run(
          "return fetch('/console/stages').then(answer => answer.headers.get('x-frame-options'))")
        try #require(frame == .string("DENY"))
        try await browser.click(".user summary")
        try await browser.click(".user form button")
        try await browser.wait(for: "location.pathname == '/account/login'")
      }
    }

    @Test(
      "CSL-4, CSL-6: every page at three widths, without a fault of accessibility, hostile texts as texts"
    )
    func everyPage() async throws {
      let world = try World.current
      let axe = try String(contentsOfFile: TestAssets.path("console-tests/axe.js"), encoding: .utf8)
      let records = world.records
      let contact = try await records.make(
        "contacts", "contact",
        #"{"firstname":"\#(Self.hostile)","lastname":"Lang","email":"lang@example.com"}"#)
      let stage = try await records.make(
        "stages", "stage", #"{"name":"\#(Self.hostile)","weight":3}"#)
      let segment = try await records.make("segments", "list", #"{"name":"\#(Self.hostile)"}"#)
      let form = try await records.make(
        "forms", "form",
        #"{"name":"\#(Self.hostile)","formType":"standalone","fields":[{"label":"E-mail","type":"email","alias":"email"}]}"#
      )
      try await world.visit { browser in
        try await browser.open(world.martlet + "/console")
        try await Self.signIn("admin", world.password, browser)
        try await browser.wait(for: "document.querySelector('.nav a[aria-current]')")
        let links = try await browser.run(
          "return [...document.querySelectorAll('.nav li a')].map(link => link.getAttribute('href'))"
        )
        var paths = links.elements.compactMap(\.text)
        try #require(paths.count > 5, "\(links)")
        paths += [
          "/console/contacts/\(contact.id)", "/console/stages/\(stage.id)/edit",
          "/console/stages/new", "/console/segments/\(segment.id)", "/console/segments/new",
          "/console/forms/\(form.id)", "/console/work/jobs", "/console/work/workers",
          "/console/work/scheduled", "/console/work/dead", "/console/work/periodic",
          "/console/work/health",
        ]
        var faults: [String] = []
        for path in paths {
          try await browser.open(world.martlet + path)
          for width in [360, 768, 1440] {
            try await browser.resize(width: width)
            let needed =
              try await browser.run("return document.documentElement.scrollWidth").int ?? 0
            if needed > width { faults.append("\(path) is \(needed) wide at \(width)") }
          }
          let title = try await browser.run(
            "return document.querySelector('h1')?.textContent ?? ''")
          if title.text?.isEmpty != false { faults.append("\(path) has no heading") }
          let found = try await browser.run(
            axe
              + """
              ; return axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']}).then(result =>
                result.violations.map(one => one.id + ': ' + one.nodes.map(node => node.html.slice(0, 120)).slice(0, 3).join(' ')))
              """)
          faults += found.elements.compactMap(\.text).map { "\(path): \($0)" }
          let isHacked = try await browser.run("return window.hacked === 1")
          if isHacked == .boolean(true) { faults.append("\(path) runs a text of a record") }
        }
        guard faults.isEmpty else { throw Browser.Failure(faults.joined(separator: "\n")) }
      }
    }

    @Test("CSL-11: what a role does not allow is not shown, and refused")
    func rolesAreHeeded() async throws {
      let world = try World.current
      let role = try await world.records.make(
        "roles", "role", #"{"name":"Desk","rawPermissions":{"lead:lists":["viewother"]}}"#)
      _ = try await world.records.make(
        "users", "user",
        #"{"username":"desk","firstName":"D","lastName":"Desk","email":"desk@example.com","plainPassword":{"password":"secret","confirm":"secret"},"role":\#(role.id)}"#
      )
      try await world.visit { browser in
        try await browser.open(world.martlet + "/console/segments")
        try await Self.signIn("desk", "secret", browser)
        try await browser.wait(for: "document.querySelector('.nav a[href=\"/console/segments\"]')")
        let seen = try await browser.run(
          """
          return [...document.querySelectorAll('.nav li a, .main .button.primary')]
            .map(link => link.getAttribute('href')).filter(link => /stages|work|new/.test(link))
          """)
        try #require(seen.elements.isEmpty, "\(seen)")
        for (path, status) in [
          ("/console/segments", 200), ("/console/stages", 403), ("/console/work", 403),
        ] {
          let answer = try await browser.run(
            "return fetch('\(path)').then(answer => answer.status)")
          try #require(answer == .integer(Int64(status)), "\(path): \(answer)")
        }
        let action = try await browser.run(
          """
          const token = document.querySelector('meta[name=form-token]').content
          return fetch('/console/segments/new', {method: 'POST', body: new URLSearchParams({token, name: 'x'})})
            .then(answer => answer.status)
          """)
        try #require(action == .integer(403), "\(action)")
      }
    }

    /// Signs in on the page that shows.
    static func signIn(_ name: String, _ password: String, _ browser: Browser) async throws {
      try await browser.wait(for: "document.querySelector('input[name=_password]')")
      try await browser.run("document.querySelector('input[name=_username]').value = ''")
      try await browser.type(name, into: "input[name=_username]")
      try await browser.type(password, into: "input[name=_password]")
      try await browser.click("form button")
    }
  }
}
