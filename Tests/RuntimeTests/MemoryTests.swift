import Testing

@testable import Runtime

@Suite struct MemoryTests {
  @Test func onlyCleanCodeOfFilesIsDropped() {
    let smaps = """
      1000-3000 r-xp 00000000 08:01 77    /usr/lib/libclean.so
      Size:                  8 kB
      Anonymous:             0 kB
      3000-4000 r-xp 00002000 08:01 77    /usr/lib/libpatched.so
      Anonymous:             4 kB
      4000-5000 rw-p 00003000 08:01 77    /usr/lib/libclean.so
      Anonymous:             0 kB
      5000-6000 r-xp 00000000 00:00 0     [vdso]
      Anonymous:             0 kB
      6000-7000 r-xp 00000000 00:00 0
      Anonymous:             0 kB
      7000-9000 r-xp 00000000 08:01 78    /opt/program with blanks
      Anonymous:             0 kB
      """
    #expect(Memory.codeRanges(smaps) == [0x1000..<0x3000, 0x7000..<0x9000])
  }

  @Test func theProcessLivesOn() {
    Memory.release()
    #expect([3, 1, 2].sorted().map(String.init).joined(separator: ",") == "1,2,3")
  }
}
