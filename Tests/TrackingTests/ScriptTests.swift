import Foundation
import TestSupport
import Testing

@testable import Tracking

@Suite("The scripts that pages include (tracking.md 2)")
struct ScriptTests {
  private func packed(_ bytes: [UInt8]) throws -> Int {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-9c"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    // Small enough for a pipe.
    input.fileHandleForWriting.write(Data(bytes))
    input.fileHandleForWriting.closeFile()
    let count = output.fileHandleForReading.readDataToEndOfFile().count
    process.waitUntilExit()
    return count
  }

  @Test("They are small: 3 kB and 1 kB as they go over the wire")
  func sizes() throws {
    var services = PageServices()
    services.analytics.id = "G-AB12CD34EF"
    services.analytics.onTrackedPages = true
    services.pixel.id = "1234567890123456"
    services.pixel.onLandingPages = true
    let script = TrackingScript(
      site: "https://marketing.example.com:8443/some/path", services: services)
    #expect(try packed(script.full) <= 3_000)
    #expect(try packed(script.lite) <= 1_000)
    #expect(try packed(script.video) <= 1_000)
  }

  @Test("Services of others are loaded where they are switched on, by ids that end no text")
  func services() {
    func text(_ change: (inout PageServices) -> Void) -> String {
      var services = PageServices()
      change(&services)
      let script = TrackingScript(site: "https://m.example.com", services: services)
      return String(decoding: script.full, as: UTF8.self)
    }
    let none = text { _ in }
    #expect(!none.contains("googletagmanager") && !none.contains("fbevents"))
    // An id alone switches nothing on.
    #expect(text { $0.analytics.id = "G-1" } == none)
    let google = text {
      $0.analytics.id = "G-1'+alert(1)+'"
      $0.analytics.onTrackedPages = true
      $0.anonymizesAddresses = true
    }
    #expect(google.contains("gtag/js?id=G-1alert1'") && !google.contains("fbevents"))
    #expect(google.contains("load(1,0,") && google.contains("anonymize_ip:!0"))
    let facebook = text {
      $0.pixel.id = "123456"
      $0.pixel.onLandingPages = true
    }
    #expect(facebook.contains("fbq('init','123456'") && facebook.contains("load(0,1,"))
    #expect(!facebook.contains("googletagmanager"))
    for script in [none, google, facebook] {
      #expect(
        !script.contains("{google") && !script.contains("{facebook") && !script.contains("{if"))
    }
  }

  @Test("What a campaign has left is sent on to each service and shown")
  func contents() {
    let script = TrackingScript(site: "https://m.example.com")
    let text = String(decoding: script.full, as: UTF8.self)
    for service in VisitorContent.Service.allCases {
      #expect(text.contains("each('\(service.rawValue)'"))
    }
    // The small one does nothing with it, and says so.
    #expect(String(decoding: script.lite, as: UTF8.self).contains("events:0"))
  }

  @Test("They hold this host's address, and nothing that would end the text")
  func host() {
    let script = TrackingScript(site: "https://m.example.com/x'+alert(1)+'")
    for bytes in [script.full, script.lite] {
      let text = String(decoding: bytes, as: UTF8.self)
      #expect(text.contains("'//m.example.com/xalert1'"))
      #expect(text.contains("'https:'") && !text.contains("{host}") && !text.contains("{scheme}"))
    }
    let plain = String(decoding: TrackingScript(site: "http://localhost:8080").full, as: UTF8.self)
    #expect(plain.contains("'http:')+ '//localhost:8080'"))
  }

  @Test("Everything that pages call is there")
  func interface() {
    let text = String(decoding: TrackingScript(site: "https://m.example.com").full, as: UTF8.self)
    for name in [
      "serialize", "makeCORSRequest", "documentReady", "iterateCollection", "setCookie", "guid",
      "dispatchEvent", "onFirstEventDelivery", "beforeFirstEventDelivery", "sendPageview",
      "getTrackedContact", "setTrackedContact", "appendTrackedContact", "mtcSet", "log",
      "insertScript", "insertStyle", "pageTrackingUrl", "pageTrackingCORSUrl", "contactIdUrl",
    ] {
      #expect(text.contains("M.\(name)="), "\(name)")
    }
  }
}
