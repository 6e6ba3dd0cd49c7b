/** The commands of access point packets that this package uses. Source: librespot core/src/packet.rs. */
export enum PacketType {
  SecretBlock = 0x02,
  Ping = 0x04,
  CountryCode = 0x1b,
  Pong = 0x49,
  PongAck = 0x4a,
  ProductInfo = 0x50,
  LegacyWelcome = 0x69,
  LicenseVersion = 0x76,
  Login = 0xab,
  APWelcome = 0xac,
  AuthFailure = 0xad,
  MercuryRequest = 0xb2,
  MercurySubscribe = 0xb3,
  MercuryUnsubscribe = 0xb4,
  MercuryEvent = 0xb5,
}

/** A decrypted packet. `command` is a number because servers also send unknown commands, which are skipped. */
export interface Packet {
  command: number;
  payload: Buffer;
}
