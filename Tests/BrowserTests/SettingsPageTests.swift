import Primitives
import Testing

extension ForeignPages {
  /// The pages of settings and of tracking as administrators use them (console.md 3).
  @Suite("Settings and tracking in a browser") struct SettingsPageTests {
    @Test("A setting is saved by itself, refused beside its field, and goes back to its default")
    func savingOneByOne() async throws {
      let world = try World.current
      try await world.visit { browser in
        try await browser.open(world.martlet + "/console/settings?search=export_days")
        try await ConsoleTests.signIn("admin", world.password, browser)
        try await browser.wait(for: "document.querySelector('#setting-export_days')")
        func send(_ value: String) async throws {
          _ = try await browser.run(
            """
            const form = document.querySelector('#setting-export_days');
            form.noValidate = true;
            form.querySelector('[type=number]').value = '\(value)';
            form.requestSubmit(form.querySelector('button'));
            """)
        }
        try await send("0")
        try await browser.wait(
          for: "document.querySelector('#value-export_days-error')?.textContent.includes('\"0\"')")
        try await send("9")
        try await browser.wait(
          for: "document.querySelector('#setting-export_days [role=status]') && "
            + "document.querySelector('#value-export_days').value == '9'")
        try await browser.click("#setting-export_days [name=reset]")
        try await browser.wait(
          for: "document.querySelector('#value-export_days')?.value == '7' && "
            + "!document.querySelector('#setting-export_days [name=reset]')")
      }
    }

    @Test("The page of tracking shows a page view by itself, without being asked for again")
    func pageViewsAppear() async throws {
      let world = try World.current
      try await world.visit { browser in
        try await browser.open(world.martlet + "/console/tracking")
        try await ConsoleTests.signIn("admin", world.password, browser)
        try await browser.wait(
          for: "document.querySelector('#snippet')?.textContent.includes('\(world.martlet)/mtc.js')"
        )
        let title = "Seen \(Int.random(in: 0..<1_000_000))"
        // Without the session's cookie, for who is signed in is not recorded.
        _ = try await browser.run(
          """
          return fetch('/mtracking.gif?page_url=https://www.example.com/seen&page_title=\(title)',
            {credentials: 'omit'}).then(answer => answer.status)
          """)
        try await browser.wait(
          for: "document.querySelector('#hits')?.textContent.includes('\(title)')")
      }
    }
  }
}
