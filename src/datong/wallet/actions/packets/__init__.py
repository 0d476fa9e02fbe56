"""Writes of red packets."""

from datong.wallet.actions.packets.claim import claim_packet, find_packet
from datong.wallet.actions.packets.end import end_packets
from datong.wallet.actions.packets.give import give_packet, put_packet_limits

__all__ = ["claim_packet", "end_packets", "find_packet", "give_packet", "put_packet_limits"]
