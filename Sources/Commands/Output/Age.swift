import Foundation
import Primitives

/// Durations for people: `4.2 s`, `3 m 10 s`, `2 h 5 m`, `3 d 4 h`.
enum Age {
  static func text(_ seconds: Double) -> String {
    let whole = Int(saturating: seconds.rounded())
    switch seconds {
    case ..<10: return "\((seconds * 10).rounded() / 10) s"
    case ..<60: return "\(whole) s"
    case ..<3600: return "\(whole / 60) m \(whole % 60) s"
    case ..<86_400: return "\(whole / 3600) h \(whole / 60 % 60) m"
    default: return "\(whole / 86_400) d \(whole / 3600 % 24) h"
    }
  }
}
