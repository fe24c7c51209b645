import Mail
import Primitives

/// Decides by address, agent and signals whether a request is tracked, and as what address (tracking.md 16).
struct AddressRules: Sendable {
  /// How a request is treated.
  enum Verdict: Sendable, Equatable {
    /// In full, under an address.
    case full(address: String)
    /// Without contact, device, address and agent.
    case anonymous
    /// Not at all.
    case none
  }

  private static let home = "127.0.0.1"
  private static let networks: (private: [IPNetwork], reserved: [IPNetwork]) = (
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"].compactMap { IPNetwork($0) },
    [
      "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "240.0.0.0/4", "::/128", "::1/128",
      "fe80::/10", "2001:db8::/32", "5f00::/8", "3ff3::/16",
    ].compactMap { IPNetwork($0) }
  )

  let settings: TrackingSettings

  /// The verdict on a request.
  ///
  /// - Parameter isExcludedAgent: Whether its agent is excluded, which is known for many requests.
  func verdict(_ request: VisitRequest, isExcludedAgent: Bool) -> Verdict {
    guard !request.isByUser, !request.isAdvance, !isExcludedAgent else { return .none }
    guard !settings.addressFilter.ignores(address: request.address, agent: nil) else {
      return .none
    }
    let address = IPAddress(request.address)
    let isPrivate = address.map { known in Self.networks.private.contains { $0.contains(known) } }
    if isPrivate == true, settings.dropsPrivateAddresses { return .none }
    if hasSignal(request) {
      switch settings.privacySignal {
      case .ignore: break
      case .anonymous: return .anonymous
      case .drop: return .none
      }
    }
    return .full(address: stored(address, isPrivate: isPrivate ?? false))
  }

  private func hasSignal(_ request: VisitRequest) -> Bool {
    request.hasPrivacySignal
      || settings.obeysDoNotTrack && ["true", "1"].contains(request.parameters["do_not_track"])
  }

  /// The address of a visitor as it counts: where it is not valid, the one of this machine.
  private func stored(_ address: IPAddress?, isPrivate: Bool) -> String {
    guard let address, !Self.networks.reserved.contains(where: { $0.contains(address) }),
      !isPrivate || settings.tracksPrivateAddresses
    else { return Self.home }
    return address.description
  }

  /// Whether an address can tell of a contact.
  static func isTelling(_ address: String) -> Bool { address != home }
}
