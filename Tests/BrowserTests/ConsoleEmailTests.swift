import Foundation
import TestSupport
import Testing

extension ForeignPages {
  /// E-mails as marketers build them (console.md 3, E-mails).
  @Suite("E-mails in the console") struct ConsoleEmailTests {
    @Test("built of blocks with a token, looked at, and sent as a test")
    func buildsAnEmail() async throws {
      let world = try World.current
      let contact = try await world.records.make(
        "contacts", "contact", #"{"firstname":"Wren","email":"wren@mail.example"}"#)
      try await world.visit { browser in
        try await browser.signIn(world, at: "/console/emails/new")
        try await browser.fill("Name", "Spring")
        try await browser.fill("Subject", "Hello {contactfield=firstname}")
        try await browser.wait(for: "document.querySelector('email-builder iframe')")
        try await browser.run("document.querySelector('email-builder iframe').scrollIntoView()")
        try await browser.enter("email-builder iframe")
        try await browser.press("Heading")
        try await browser.press("Edit text")
        try await browser.keys("Birds for ")
        try await browser.fill("Token", "First Name")
        try await browser.wait(
          for:
            "document.querySelector('iframe').contentDocument.body.innerText.includes('Birds for {contactfield=firstname}')"
        )
        try await browser.press("Phone")
        try await browser.press("Desktop")
        try await browser.enter(nil)
        try await browser.press("Create", within: ".form-actions")
        try await browser.arrive(at: "/console/emails/[0-9]+")
        let id = try await browser.number()
        let made = try await world.records.get("/api/emails/\(id)")["email"]?["customHtml"]?.text
        try #require(made?.contains("Birds for {contactfield=firstname}") == true)
        try await browser.fill("To", "reader@mail.example")
        try await browser.fill("As for the contact with the number", "\(contact.id)")
        try await browser.press("Send the test")
        let isSent = try await eventually {
          try world.messages(to: "reader@mail.example").count == 1
        }
        try #require(isSent)
        let message = try world.messages(to: "reader@mail.example")[0]
        try #require(message.subject.hasSuffix("Hello Wren"), "\(message.subject)")
        try #require(message.text.contains("Birds for Wren"))
      }
    }
  }
}
