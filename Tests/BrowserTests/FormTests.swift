import Foundation
import Primitives
import TestSupport
import Testing

extension ForeignPages {
  /// A form in a page of another site, in each of the ways in which sites have one (tracking.md 12).
  @Suite("A form") struct FormTests {
    enum Embedding: String, CaseIterable, Sendable {
      case script, frame, copied, copiedWithoutScript
    }

    private func content(
      _ embedding: Embedding, _ form: Record, _ martlet: String
    ) -> String {
      let markup = form["cachedHtml"]?.text ?? ""
      return switch embedding {
      case .script: "<script src='\(martlet)/form/generate.js?id=\(form.id)'></script>"
      case .frame:
        "<iframe src='\(martlet)/form/embed/\(form.id)' width='100%' height='420'></iframe>"
      case .copied:
        """
        \(markup)
        <script>window.MauticDomain = '\(martlet)';</script>
        <script src='\(martlet)/media/js/mautic-form.js'></script>
        """
      case .copiedWithoutScript: markup
      }
    }

    /// Its labels stand above their inputs, required ones are marked, and each target is large enough for a finger.
    private func isStyled(_ browser: Browser) async throws {
      let look = try await browser.run(
        """
        const input = document.querySelector("[name='mauticform[email]']");
        const label = input.closest('.mauticform-row').querySelector('label');
        return [getComputedStyle(label).display, getComputedStyle(label, '::after').content.trim(),
          input.offsetHeight >= 44, document.querySelector('form button').offsetHeight >= 44,
          document.querySelectorAll('style[data-martlet-form]').length <= 1];
        """
      ).elements
      try #require(look.first == .string("block"), "\(look)")
      try #require(look.dropFirst().first?.text?.contains("*") == true, "\(look)")
      try #require(look.dropFirst(2).allSatisfy { $0 == .boolean(true) }, "\(look)")
    }

    @Test("leaves the rest of the page as it is, and the page's own rules win")
    func isScoped() async throws {
      let world = try World.current
      let form = try await world.records.make(
        "forms", "form",
        """
        {"name":"Scoped","fields":[{"label":"E-mail","alias":"email","type":"email","isRequired":true},
         {"label":"Sign up","alias":"send","type":"button"}]}
        """)
      let script = "<script src='\(world.martlet)/form/generate.js?id=\(form.id)'></script>"
      let page = world.site.page(
        "/form/scoped",
        """
        <style>.mauticform-button { background: rgb(1, 2, 3) }</style>
        <label id="label">Size <input id="input"></label><button id="button">Buy</button>
        <script>
        const looks = () => ['label', 'input', 'button'].map(function (id) {
          const style = getComputedStyle(document.getElementById(id));
          return Array.from(style).map(name => name + style.getPropertyValue(name)).join();
        }).join();
        const before = looks();
        </script>
        \(script)\(script)
        """)
      try await world.visit { browser in
        try await browser.open(page)
        try await browser.wait(for: "document.querySelector('[data-mautic-prepared]')")
        try await isStyled(browser)
        let isSame = try await browser.run("return before === looks()")
        try #require(isSame == .boolean(true))
        let own = try await browser.run(
          "return getComputedStyle(document.querySelector('form button')).backgroundColor")
        try #require(own.text == "rgb(1, 2, 3)")
      }
    }

    @Test("is filled in and sent", arguments: Embedding.allCases)
    func isSent(_ embedding: Embedding) async throws {
      let world = try World.current
      let records = world.records
      let form = try await records.make(
        "forms", "form",
        """
        {"name":"News by \(embedding)","postAction":"message","postActionProperty":"Welcome aboard!",
         "fields":[
          {"label":"First name","alias":"first","type":"text","mappedField":"firstname"},
          {"label":"E-mail","alias":"email","type":"email","isRequired":true,"mappedField":"email",
           "helpMessage":"Once a month."},
          {"label":"Birds","alias":"birds","type":"checkboxgrp","properties":{"optionlist":{"list":[
           {"label":"Owls","value":"owls"},{"label":"Swifts","value":"swifts"}]}}},
          {"label":"Sign up","alias":"send","type":"button"}]}
        """)
      let page = world.site.page("/form/\(embedding)", content(embedding, form, world.martlet))
      let (name, address) = ("Ann \(embedding)", "ann-\(embedding)@example.com".lowercased())
      try await world.visit { browser in
        try await browser.open(page)
        try await browser.wait(for: "delivered[0]")
        if embedding == .frame { try await browser.enter("iframe") }
        try await browser.wait(for: "document.querySelector('form button')")
        try await isStyled(browser)
        if embedding != .copiedWithoutScript {
          try await browser.wait(for: "document.querySelector('[data-mautic-prepared]')")
          try await browser.click("form button")
          try await browser.wait(for: "document.querySelector('.mauticform-has-error')")
          try await browser.picture("form-\(embedding)-refused")
        }
        try await browser.type(name, into: "[name='mauticform[first]']")
        try await browser.type(address, into: "[name='mauticform[email]']")
        try await browser.click("[value=swifts]")
        try await browser.picture("form-\(embedding)")
        try await browser.click("form button")
        try await browser.wait(for: "document.body.innerText.includes('Welcome aboard!')")
        try await browser.picture("form-\(embedding)-sent")
        guard embedding == .frame else { return }
        let height = try await browser.run("return document.documentElement.offsetHeight")
        try await browser.enter(nil)
        try await browser.wait(
          for: "Math.abs(document.querySelector('iframe').clientHeight - \(height.int ?? 0)) <= 1")
      }
      let submissions = try await records.get("/api/forms/\(form.id)/submissions")
      let submission = try #require(submissions["submissions"]?.elements.first)
      try #require(submissions["total"]?.int == 1)
      try #require(submission["results"]?["first"] == .string(name))
      try #require(submission["results"]?["birds"]?.text?.contains("swifts") == true)
      let contact = try #require(try await records.contact(address))
      try #require(submission["lead"]?["id"]?.int == contact.id)
      try #require(contact["fields"]?["all"]?["firstname"] == .string(name))
      // The visitor of the page is the one who sent the form.
      let hits = try await records.hits(of: contact.id)
      try #require(hits == 1)
    }
  }
}
