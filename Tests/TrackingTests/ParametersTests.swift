import Foundation
import Primitives
import TestSupport
import Testing

@testable import Tracking

@Suite("Parameters of a hit (tracking.md 3 and 9)")
struct ParametersTests {
  private func data(_ serialized: String) -> String {
    Data(serialized.utf8).base64EncodedString()
  }

  @Test("The body wins over the query, both over d, and all over the page's own address")
  func order() {
    let d = data(
      "a:3:{s:8:\"page_url\";s:23:\"https://a.example/?x=4&\";s:1:\"x\";s:1:\"3\";s:1:\"y\";s:1:\"3\";}"
    )
    let (all, isWhole) = PageParameters.merged([
      ("x", "query"), ("d", d), ("x", "body"), ("page_url", "https://a.example/?X=4&Y=4&Z=4+4#f"),
    ])
    #expect(isWhole)
    #expect(all["x"] == "body")
    #expect(all["y"] == "3")
    #expect(all["z"] == "4 4")
    #expect(all["page_url"] == "https://a.example/?X=4&Y=4&Z=4+4#f")
  }

  @Test("A page's address says nothing of who its visitor is by device; old names count")
  func ownNames() {
    let (all, _) = PageParameters.merged([
      ("page_url", "/?mautic_device_id=x&mtc_id=3&ct=y&email=a@example.com&utm_source=s"),
      ("title", "T"), ("referrer", "r.example"), ("language", "de"),
    ])
    #expect(all["mautic_device_id"] == nil && all["mtc_id"] == nil && all["ct"] == nil)
    #expect(all["email"] == "a@example.com" && all["utm_source"] == "s")
    #expect(all["page_title"] == "T" && all["page_referrer"] == "r.example")
    #expect(all["page_language"] == "de")
  }

  @Test("Number and size of parameters are bounded, control characters are left out")
  func bounds() {
    let many = (0..<1_000).map { ("name\($0)", "v") }
    #expect(PageParameters.merged(many).all.count == PageParameters.count)
    let long = String(repeating: "x", count: 100_000)
    let (all, _) = PageParameters.merged([("a", long), ("b\u{0}\n", "x\u{1F}y\u{0}")])
    #expect(all["a"]?.utf8.count == PageParameters.length)
    #expect(all["b"] == "xy")
    #expect(!PageParameters.merged([("d", "no base64")]).isWhole)
  }

  @Test("A hit keeps all that its request says, in a form that brings it back")
  func form() throws {
    var request = VisitRequest(
      parameters: [
        "page_url": "https://a.example/", "page_title": "Ä \"title\"", "page_referrer": "r",
        "page_language": "de-DE", "timezone_offset": "-120", "preferred_locale": "de_DE",
        "hit_id": "11111111-2222-3333-4444-555555555555", "ct": "secret",
      ], address: "198.51.100.7", agent: "A\u{1F}gent", languages: "de",
      at: Date(timeIntervalSince1970: 1_700_000_000.5), claim: "c")
    request.cookies["mautic_referer_id"] = "AAAAAAAA-2222-3333-4444-555555555555"
    var hit = Hit(request)
    hit.contact = 7
    hit.sourceID = -3
    hit.pages = [12, 5]
    let again = try #require(Hit(text: hit.text.utf8))
    #expect(again == hit)
    #expect(again.timezone == "Etc/GMT-2" && again.agent == "Agent")
    #expect(!again.query.contains("secret"))
    #expect(Hit(text: "1\u{1F}x".utf8) == nil)
  }

  @Test("A clickthrough of Mautic's is read, one of ours by its signature, all else not")
  func clickthrough() {
    let stat = "0123456789abcdef0123456789abcdef"
    let old =
      "a:4:{s:6:\"source\";a:2:{i:0;s:14:\"campaign.event\";i:1;i:5;}s:5:\"email\";i:3;"
      + "s:4:\"stat\";s:32:\"\(stat)\";s:7:\"channel\";a:1:{s:5:\"email\";i:3;}}"
    guard case .unsigned(let link)? = Clickthrough.read(data(old), signed: { _ in nil }) else {
      Issue.record("not read")
      return
    }
    #expect(link.source == "campaign.event" && link.sourceID == 5)
    #expect(link.email == 3 && link.channelEmail == 3)
    #expect(link.stat.map { $0.uuidString } == "01234567-89AB-CDEF-0123-456789ABCDEF")
    let hash = UUID()
    #expect(
      Clickthrough.read("x", signed: { _ in (hash, 9) }) == .signed(hash: hash, contact: 9))
    for text in ["", "x", data("i:1;"), data("O:8:\"stdClass\":0:{}"), data("a:1:{i:0;N;}")] {
      #expect(Clickthrough.read(text, signed: { _ in nil }) == nil)
    }
  }
}
