import Foundation
import Testing

@testable import Tracking

@Suite("Which requests are tracked, and under which address (tracking.md 16)")
struct AddressRulesTests {
  private func verdict(
    _ address: String, _ settings: TrackingSettings = TrackingSettings(),
    change: (inout VisitRequest) -> Void = { _ in }
  ) -> AddressRules.Verdict {
    var request = VisitRequest(address: address, agent: "x", at: Date(), claim: "c")
    change(&request)
    return AddressRules(settings: settings).verdict(request, isExcludedAgent: false)
  }

  @Test("Private and reserved addresses count as this machine, unless a setting says otherwise")
  func privateNetworks() {
    #expect(verdict("198.51.100.7") == .full(address: "198.51.100.7"))
    for address in ["10.1.2.3", "172.16.0.1", "192.168.1.1", "fd00::1"] {
      #expect(verdict(address) == .full(address: "127.0.0.1"))
      var settings = TrackingSettings()
      settings.tracksPrivateAddresses = true
      #expect(verdict(address, settings) == .full(address: address))
      settings.dropsPrivateAddresses = true
      #expect(verdict(address, settings) == .none)
    }
    for address in ["127.0.0.1", "::1", "fe80::1", "240.0.0.1", "nonsense", ""] {
      #expect(verdict(address) == .full(address: "127.0.0.1"), "\(address)")
    }
  }

  @Test(
    "Excluded addresses, networks and patterns are not tracked; nor users, nor what nobody sees")
  func exclusion() {
    var settings = TrackingSettings()
    settings.excludedAddresses = ["198.51.100.7", "203.0.113.0/24", "192.0.2.*", "2001:db8:1::/48"]
    for address in ["198.51.100.7", "203.0.113.9", "192.0.2.77", "2001:db8:1::5"] {
      #expect(verdict(address, settings) == .none, "\(address)")
    }
    #expect(verdict("198.51.100.8", settings) != .none)
    #expect(verdict("198.51.100.8") { $0.isByUser = true } == .none)
    #expect(verdict("198.51.100.8") { $0.isAdvance = true } == .none)
  }

  @Test("A signal of privacy: recorded without identification, or as the setting says")
  func signals() {
    var settings = TrackingSettings()
    let signal: (inout VisitRequest) -> Void = { $0.hasPrivacySignal = true }
    let parameter: (inout VisitRequest) -> Void = { $0.parameters["do_not_track"] = "true" }
    #expect(verdict("198.51.100.8", settings, change: signal) == .anonymous)
    // The parameter is recorded, not obeyed.
    #expect(
      verdict("198.51.100.8", settings, change: parameter) == .full(address: "198.51.100.8"))
    settings.obeysDoNotTrack = true
    #expect(verdict("198.51.100.8", settings, change: parameter) == .anonymous)
    settings.privacySignal = .drop
    #expect(verdict("198.51.100.8", settings, change: signal) == .none)
    settings.privacySignal = .ignore
    #expect(verdict("198.51.100.8", settings, change: signal) == .full(address: "198.51.100.8"))
  }
}
