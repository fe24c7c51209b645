import Foundation
import Primitives
import TestSupport
import Testing

extension ForeignPages {
  /// What Martlet shows and gives to visitors (tracking.md 13).
  @Suite("A visitor gets") struct ContentTests {
    @Test("the content of a slot, and the page's own where there is none")
    func slot() async throws {
      let world = try World.current
      _ = try await world.records.make(
        "dynamiccontents", "dynamicContent",
        #"{"name":"Banner","isCampaignBased":false,"slotName":"banner","content":"<h2>Swifts are back</h2><p>Nest boxes at half the price this week.</p>"}"#
      )
      let page = world.site.page(
        "/slot",
        """
        <div id="full" data-slot="dwc" data-param-slot-name="banner"><p>Our news</p></div>
        <div id="empty" class="mautic-slot" data-slot-name="nothing"><p>Our advice</p></div>
        """)
      try await world.visit { browser in
        try await browser.open(page)
        try await browser.wait(for: "delivered[0]")
        try await browser.wait(
          for: "document.querySelector('#full').innerText.includes('Swifts are back')")
        let own = try await browser.run("return document.querySelector('#empty').innerText")
        try #require(own.text == "Our advice")
        let errors = try await browser.run("return errors")
        try #require(errors == .array([]))
        try await browser.picture("slot")
      }
    }

    @Test("a file, which is counted for it")
    func asset() async throws {
      let world = try World.current
      let records = world.records
      let file = try await records.upload("Price list.txt", "Nest box: 20")
      let asset = try await records.make(
        "assets", "asset", #"{"title":"Prices","storageLocation":"local","file":"\#(file)"}"#)
      let address = try #require(asset["downloadUrl"]?.text)
      let page = world.site.page("/prices", "<a id='prices' href='\(address)'>Prices</a>")
      try await world.visit { browser in
        try await browser.open(page)
        let visitor = try await browser.wait(for: "delivered[0]")["id"]?.int
        try await browser.click("#prices")
        let download = world.downloads.appending(path: "Price list.txt")
        let isSaved = await eventually {
          FileManager.default.contents(atPath: download.path) == Data("Nest box: 20".utf8)
        }
        try #require(isSaved)
        let rows = try await records.statistics("asset_downloads", "asset_id", asset.id)
        try #require(rows.count == 1 && rows[0]["lead_id"]?.int == visitor, "\(rows)")
      }
      let counted = try await records.get("/api/assets/\(asset.id)")["asset"]
      try #require(counted?["downloadCount"]?.int == 1)
    }

    enum Style: String, CaseIterable, Sendable {
      case bar, modal, notification, page
    }

    @Test(
      "a focus item over the page, which it closes and does not see again",
      arguments: Style.allCases)
    func focus(_ style: Style) async throws {
      let world = try World.current
      let item = try await world.records.make(
        "focus", "focus",
        """
        {"name":"Swifts \(style)","type":"link","style":"\(style)","htmlMode":"basic","properties":{
         "when":"immediately","timeout":0,"frequency":"once","bar":{"placement":"top","allow_hide":true},
         "notification":{"placement":"bottom_right"},
         "colors":{"primary":"#4e5d9d","text":"#ffffff","button":"#fdb933","button_text":"#222222"},
         "content":{"headline":"Swifts are back","tagline":"Nest boxes at half the price this week.",
          "link_text":"To the nest boxes","link_url":"http://shop.localhost/boxes","link_new_window":true}}}
        """)
      let page = world.site.page(
        "/focus/\(style)", "<script src='\(world.martlet)/focus/\(item.id).js'></script>")
      let box = "document.querySelector('#mautic-focus-\(item.id)')"
      try await world.visit { browser in
        try await browser.open(page)
        try await browser.wait(for: "\(box).innerText.includes('Swifts are back')")
        try await browser.wait(for: "\(box).getAnimations().length === 0")
        try await browser.picture("focus-\(style)")
        let distance = try await browser.run(
          """
          const box = \(box).getBoundingClientRect();
          const close = \(box).querySelector('button').getBoundingClientRect();
          return close.height < 44 ? 99
            : Math.round(Math.abs(close.top + close.height / 2 - box.top - box.height / 2));
          """)
        // The button of a bar stands in its middle, those of others above.
        try #require(style != .bar || distance.int ?? 99 <= 1, "\(distance)")
        try #require(distance.int != 99)
        try await browser.click("#mautic-focus-\(item.id) a")
        let isCounted = try await eventually {
          let rows = try await world.records.statistics("focus_stats", "focus_id", item.id)
          return rows.compactMap { $0["type"]?.text }.sorted() == ["click", "view"]
        }
        try #require(isCounted)
        try await browser.click("#mautic-focus-\(item.id) button")
        try await browser.wait(for: "!\(box)")
        try await browser.open(page)
        try await browser.wait(for: "delivered[0]")
        let isShown = try await browser.run("return !!\(box)")
        try #require(isShown == .boolean(false))
      }
    }

    @Test("a landing page with its name, a form and a link in the places of tokens")
    func landingPage() async throws {
      let world = try World.current
      let records = world.records
      _ = try await records.make(
        "contacts", "contact", #"{"email":"lee@example.com","firstname":"Lee <3"}"#)
      let form = try await records.make(
        "forms", "form",
        """
        {"name":"Boxes","postAction":"message","postActionProperty":"It is on its way.","fields":[
         {"label":"E-mail","alias":"email","type":"email","isRequired":true,"mappedField":"email"},
         {"label":"Order","alias":"send","type":"button"}]}
        """)
      let other = try await records.make(
        "pages", "page", #"{"title":"Terms","isPublished":true,"customHtml":"<p>Terms</p>"}"#)
      let landing = try await records.make(
        "pages", "page",
        """
        {"title":"Nest boxes","isPublished":true,"customHtml":"<html><head><style>body{font:16px/1.5 \
        sans-serif;max-width:40em;margin:2em auto}</style></head><body><h1>{pagetitle}</h1><p id='hello'>Hello \
        {contactfield=firstname|you}!</p>{form=\(form.id)}<p><a id='terms' href='{pagelink=\(other.id)}'>Terms\
        </a></p></body></html>"}
        """)
      let alias = try #require(landing["alias"]?.text)
      let account = world.site.page(
        "/login", calls: "mt('send', 'pageview', { email: 'lee@example.com' });")
      try await world.visit { browser in
        try await browser.open("\(world.martlet)/\(alias)")
        let unknown = try await browser.run("return document.querySelector('#hello').innerText")
        try #require(unknown.text == "Hello you!")
        try await browser.open(account)
        try await browser.wait(for: "delivered[0]")
        try await browser.open("\(world.martlet)/\(alias)")
        let known = try await browser.run("return document.querySelector('#hello').innerText")
        try #require(known.text == "Hello Lee <3!")
        let title = try await browser.run("return document.title")
        try #require(title.text == "Nest boxes")
        try await browser.wait(for: "document.querySelector('[data-mautic-prepared]')")
        try await browser.picture("landing-page")
        try await browser.click("form button")
        try await browser.wait(for: "document.querySelector('.mauticform-has-error')")
        try await browser.type("lee@example.com", into: "[name='mauticform[email]']")
        try await browser.click("form button")
        try await browser.wait(for: "document.body.innerText.includes('It is on its way.')")
        try await browser.picture("landing-page-sent")
        try await browser.click("#terms")
        try await browser.wait(for: "document.body.innerText.includes('Terms')")
      }
      // The hit of the server and the one of the page's script are one.
      let areCounted = try await eventually {
        try await records.get("/api/pages/\(landing.id)")["page"]?["hits"]?.int == 2
      }
      try #require(areCounted)
    }
  }
}
