import Testing

@testable import Segments

@Suite struct MigrationsTests {
  @Test func namesAreInOrder() {
    let names = SegmentsMigrations.all.map(\.name)
    #expect(names == names.sorted())
  }
}
