/// An absolute web address, as browsers read it.
package enum WebTarget {
  /// Returns the host with its port, in lower case; `nil` for what is no `http:` or `https:` address, and for one with
  /// characters that browsers drop or take for others.
  package static func host(of address: String) -> String? {
    guard address.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else {
      return nil
    }
    let lowered = address.lowercased()
    guard let scheme = ["http://", "https://"].first(where: lowered.hasPrefix) else { return nil }
    let authority = lowered.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
    // What stands before an @ is a user, not the host.
    let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    return host.isEmpty ? nil : String(host)
  }
}
