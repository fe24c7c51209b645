import Foundation
import Testing

@testable import Console

/// What the address of the list of contacts says.
struct ContactListStateTests {
  private static func state(_ parameters: [String: String]) -> ContactListState {
    ContactListState { parameters[$0] }
  }

  @Test("CON-113: visitors are left out unless the search asks for them")
  func visitors() {
    #expect(Self.state([:]).wholeSearch == "!is:anonymous")
    #expect(Self.state(["search": "ada"]).wholeSearch == "!is:anonymous ada")
    #expect(Self.state(["search": "is:anonymous ip:203."]).wholeSearch == "is:anonymous ip:203.")
    #expect(Self.state(["view": "visitors"]).wholeSearch == "is:anonymous")
    #expect(Self.state(["view": "all"]).wholeSearch == "")
  }

  @Test func theTermsOfTheViewApplyToAllAlternatives() {
    let state = Self.state(["view": "mine", "segment": "news", "search": "a  OR b"])
    #expect(state.wholeSearch == "is:mine segment:news (a OR b)")
    #expect(Self.state(["search": "a or \"b c"]).wholeSearch == "!is:anonymous (a or \"b c\")")
    #expect(Self.state(["search": "city:oradea"]).wholeSearch == "!is:anonymous city:oradea")
  }

  @Test func theAddressKeepsTheView() {
    let state = Self.state([
      "view": "all", "search": "a&b", "columns": "email,city", "orderBy": "city",
      "orderByDir": "desc", "start": "30",
    ])
    #expect(
      state.address(start: state.start)
        == "contacts?view=all&search=a%26b&columns=email%2Ccity&orderBy=city&orderByDir=DESC&start=30"
    )
    #expect(Self.state([:]).address() == "contacts")
    #expect(Self.state(["start": "-5"]).start == 0)
  }

  @Test func timesOfFormsAreInTheZoneOfTheUser() throws {
    let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
    #expect(ProfileMoment.utc("2026-07-03T08:40", zone) == "2026-07-03T06:40:00Z")
    #expect(ProfileMoment.utc("tomorrow", zone) == "tomorrow")
    #expect(ProfileMoment.exact("2026-07-03 06:40:00") == "2026-07-03T06:40:00+00:00")
  }
}
