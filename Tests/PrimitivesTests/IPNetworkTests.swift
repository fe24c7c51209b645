import Primitives
import Testing

@Suite("Networks of addresses") struct IPNetworkTests {
  @Test(
    "have the addresses of their first bits",
    arguments: [
      ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
      ("192.0.2.77/25", "192.0.2.127", true), ("192.0.2.77/25", "192.0.2.128", false),
      ("0.0.0.0/0", "255.255.255.255", true), ("0.0.0.0/0", "2001:db8::1", false),
      ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "::ffff:192.0.2.1", true),
      ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
      ("2001:db8::/33", "2001:db8:8000::", false), ("::/0", "2001:db8::1", true),
      ("::1", "::1", true), ("::1", "::2", false), ("fe80::/10", "fe80::1%eth0", true),
      ("2001:DB8:0:0::1", "2001:db8::1", true),
    ])
  func contains(_ network: String, _ address: String, _ isInside: Bool) throws {
    let found = try #require(IPNetwork(network))
    #expect(found.contains(try #require(IPAddress(address))) == isInside)
  }

  @Test(
    "are refused where they are none",
    arguments: [
      "", "/", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/x", "192.0.2/24", "2001:db8::/129",
      "2001:db8::/9223372036854775808", "1.2.3.4/1/2", "host", "fe80::1%eth0", "[::1]",
    ])
  func refused(_ text: String) { #expect(IPNetwork(text) == nil) }

  @Test("are written as they are read")
  func text() {
    let text = "10.0.0.0/8, 2001:db8::/32 127.0.0.1"
    #expect(
      IPNetwork.list(text)?.map(\.description) == ["10.0.0.0/8", "2001:db8::/32", "127.0.0.1/32"])
    #expect(IPNetwork.list("10.0.0.0/8,x") == nil)
    #expect(IPNetwork.list("") == [])
  }

  @Test("Those of one subscriber have one name")
  func subscriber() {
    #expect(IPAddress("2001:db8::1")?.subscriber == IPAddress("2001:db8::ffff:1")?.subscriber)
    #expect(IPAddress("2001:db8::1")?.subscriber != IPAddress("2001:db8:0:1::1")?.subscriber)
    #expect(IPAddress("::ffff:192.0.2.1")?.subscriber == "192.0.2.1")
  }
}
