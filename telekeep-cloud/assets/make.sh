#!/bin/sh
# Makes the small media files that the local cloud builds its photos, videos, voices and stickers
# from. They are drawn and synthesised here, so they are ours and under the licence of this
# repository. Needs ffmpeg (libx264, libvpx-vp9, libopus, libmp3lame) and python3 with Pillow.
# The results are kept in the repository; run this only to change them.
set -eu
cd "$(dirname "$0")"
${PYTHON:-python3} make.py

quiet="-hide_banner -loglevel error -y"
exact="-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1"
x264="-c:v libx264 -preset veryslow -pix_fmt yuv420p -movflags +faststart"
tone="sine=frequency=440:sample_rate=48000:duration=2"

# An ordinary video with sound, a round one, a silent animation.
ffmpeg $quiet -f lavfi -i "mandelbrot=size=320x180:rate=10:end_pts=40:maxiter=60" -f lavfi -i "$tone" \
  -t 2 $x264 -crf 36 -c:a aac -b:a 24k $exact video.mp4
ffmpeg $quiet -f lavfi -i "gradients=size=240x240:rate=10:speed=0.05:seed=7" -f lavfi -i "$tone" \
  -t 2 $x264 -crf 34 -c:a aac -b:a 24k $exact round.mp4
ffmpeg $quiet -f lavfi -i "life=size=40x30:rate=8:mold=20:seed=5:death_color=#202040:life_color=#ffcc33,scale=240:180:flags=neighbor" \
  -t 1.5 $x264 -crf 36 -an $exact animation.mp4
# A sticker that moves.
ffmpeg $quiet -f lavfi -i "gradients=size=512x512:rate=10:speed=0.08:seed=3:nb_colors=3" \
  -t 1 -c:v libvpx-vp9 -b:v 0 -crf 55 -pix_fmt yuv420p -an $exact sticker.webm
# A voice note and a piece of music.
ffmpeg $quiet -f lavfi -i "aevalsrc='0.4*sin(2*PI*t*(180+60*sin(2*PI*2.1*t)))*abs(sin(2*PI*1.3*t))':s=48000:d=3" \
  -ac 1 -c:a libopus -b:a 12k -application voip $exact voice.ogg
ffmpeg $quiet -f lavfi -i "aevalsrc='0.3*sin(2*PI*t*262*pow(2,floor(mod(t*3,8))/6))*exp(-3*mod(t*3,1))':s=24000:d=4" \
  -ac 1 -c:a libmp3lame -b:a 24k -id3v2_version 0 -write_xing 0 $exact music.mp3
ls -l
du -cb -- *.jpg *.webp *.mp4 *.webm *.ogg *.mp3 *.tgs *.pdf *.stripped | tail -1
