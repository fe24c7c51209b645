import Foundation
import Primitives
import TestSupport
import Testing

extension ForeignPages {
  /// A form from its first field to the contact of who sent it (console.md 4).
  @Suite("A form made in the console") struct ConsoleFormTests {
    @Test("is put together, embedded in a page, sent, and leads to the contact")
    func fromTheFirstFieldToTheContact() async throws {
      let world = try World.current
      try await world.visit { browser in
        try await browser.signIn(world, at: "/console/forms")
        try await browser.press("New form", within: "main")
        try await browser.fill("Name", "Owl club")
        try await browser.fill("Message or address", "Welcome aboard!")
        try await browser.press("Create")
        try await browser.see("Created.")
        try await browser.press("Fields", within: ".tabs")
        try await browser.see("No fields yet")
        try await addFields(browser)
        try await putInOrder(browser)

        try await browser.press("Embed", within: ".tabs")
        try await browser.arrive(at: "/console/forms/[0-9]+/embed")
        let form = try await browser.number()
        let code = try await browser.texts("#code-script")
        try #require(code.first?.contains("/form/generate.js?id=\(form)") == true, "\(code)")
        let page = world.site.page("/form/owl-club", code.joined())
        try await browser.open(page)
        try await browser.wait(for: "document.querySelector('[data-mautic-prepared]')")
        let order = try await browser.texts("form label, form button")
        try #require(order == ["First name", "Owls", "Swifts", "Your e-mail", "Join"])
        try await browser.fill("First name", "Minerva")
        try await browser.press("Owls")
        try await browser.press("Join")
        try await browser.wait(for: "document.querySelector('.mauticform-has-error')")
        try await browser.fill("Your e-mail", "minerva@example.com")
        try await browser.press("Join")
        try await browser.see("Welcome aboard!")

        try await browser.open(world.martlet + "/console/forms/\(form)/results")
        try await browser.see("owls")
        try await browser.picture("console-form-results")
        try await browser.press("Minerva")
        try await browser.arrive(at: "/console/contacts/[0-9]+")
        try await browser.see("minerva@example.com")
        try await browser.see("Owl club")
      }
    }

    private func addFields(_ browser: Browser) async throws {
      try await browser.press("E-mail", within: "main")
      try await browser.fill("Label", "Your e-mail")
      try await browser.press("Required")
      try await browser.press("Add")
      try await browser.press("Text", within: "main")
      try await browser.fill("Label", "First name")
      try await browser.fill("Fills in", "First Name")
      try await browser.press("Add")
      try await browser.press("Boxes to tick", within: "main")
      try await browser.fill("Label", "Birds")
      try await browser.fill("Values", "owls|Owls\nswifts|Swifts")
      try await browser.press("Add")
      try await browser.press("Button", within: "main")
      try await browser.fill("Label", "Join")
      try await browser.press("Add")
      try await shows(["Your e-mail", "First name", "Birds", "Join"], browser)
    }

    /// One field by the mouse, another one by the keyboard.
    private func putInOrder(_ browser: Browser) async throws {
      try await browser.drag(
        ".form-fields > li:nth-child(2) [data-handle]", above: ".form-fields > li:first-child")
      try await browser.see("The order is saved.")
      try await browser.picture("console-form-fields")
      try await browser.open(try await browser.run("return location.href").text ?? "")
      try await shows(["First name", "Your e-mail", "Birds", "Join"], browser)
      try await browser.tab(to: "Move Birds up")
      try await browser.keys(Key.enter)
      try await shows(["First name", "Birds", "Your e-mail", "Join"], browser)
    }

    private func shows(_ fields: [String], _ browser: Browser) async throws {
      try await browser.wait(
        for: """
          [...document.querySelectorAll('.form-fields strong')].map(one => one.innerText).join() === '\(fields.joined(separator: ","))'
          """)
    }
  }
}
